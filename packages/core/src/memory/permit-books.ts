import type { PermitChange } from '../ports/permits.ts'
import type { DueTimes } from './due-times.ts'
import { PermitBook } from './permit-book.ts'

/** What a key of permits is called in the due index: no run id has this beginning. */
const prefix = 'permit/'

/** Run ids and keys of permits out of one index. */
export function splitDue(ids: readonly string[]): {
  readonly runIds: readonly string[]
  readonly permitKeys: readonly string[]
} {
  const isKey = (id: string): boolean => id.startsWith(prefix)
  return {
    runIds: ids.filter((id) => !isKey(id)),
    permitKeys: ids.filter(isKey).map((id) => id.slice(prefix.length)),
  }
}

/** The permits of a store by key, with their places in its due index. */
export class PermitBooks {
  private readonly books: Map<string, PermitBook> = new Map()
  private readonly index: DueTimes

  constructor(index: DueTimes) {
    this.index = index
  }

  find(key: string): PermitBook | undefined {
    return this.books.get(key)
  }

  of(key: string): PermitBook {
    let book = this.books.get(key)
    if (book === undefined) {
      book = new PermitBook()
      this.books.set(key, book)
    }
    return book
  }

  /** Changes the permits of a key, and sets its place in the due index. */
  change<T extends PermitChange>(key: string, operation: (book: PermitBook) => T): T {
    const book = this.of(key)
    const reply = operation(book)
    if (reply.dueAt === undefined) this.index.delete(`${prefix}${key}`)
    else this.index.set(`${prefix}${key}`, reply.dueAt)
    if (book.isEmpty) this.books.delete(key)
    return reply
  }
}

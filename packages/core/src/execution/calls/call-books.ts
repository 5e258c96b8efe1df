import type { Visit } from '../../kernel/visit.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import type { VisitCallsData } from '../../traversal/run-snapshot.ts'
import { VisitCalls, type RecordingFact } from '../../traversal/visit-calls.ts'
import type { CallHost } from './call-host.ts'

/** What call books ask of their run. */
export interface CallBookHost {
  /** Whether an attempt of the visit is under way and counts. */
  isCurrent(visit: Visit): boolean
  /** Tells a fact that nothing follows from. @returns whether it could be written, where events are, once that is known */
  note(fact: RunFact): boolean | Promise<boolean>
}

interface Book {
  readonly calls: VisitCalls
  /** What ends an open call, by name and occurrence. */
  readonly cancels: Map<string, () => void>
  /** Schemas of payloads that are waited for, as far as the handler gave them in this process. */
  readonly schemas: Map<string, StandardSchema>
}

/** The durable calls of one run in this process: of visits whose handlers made any. */
export class CallBooks implements CallHost {
  private readonly host: CallBookHost
  private readonly books: Map<Visit, Book> = new Map()

  constructor(host: CallBookHost) {
    this.host = host
  }

  of(visit: Visit): VisitCalls {
    return this.bookOf(visit).calls
  }

  private bookOf(visit: Visit, data?: VisitCallsData): Book {
    let book = this.books.get(visit)
    if (book === undefined) {
      book = { calls: new VisitCalls(data), cancels: new Map(), schemas: new Map() }
      this.books.set(visit, book)
    }
    return book
  }

  find(visit: Visit): VisitCalls | undefined {
    return this.books.get(visit)?.calls
  }

  restore(visit: Visit, data: VisitCallsData): VisitCalls {
    return this.bookOf(visit, data).calls
  }

  record(visit: Visit, fact: RecordingFact): boolean | Promise<boolean> {
    if (!this.host.isCurrent(visit)) return false
    this.of(visit).record(fact)
    return this.host.note(fact)
  }

  expect(visit: Visit, call: string, schema: StandardSchema): void {
    this.bookOf(visit).schemas.set(call, schema)
  }

  schemaOf(visit: Visit, call: string): StandardSchema | undefined {
    return this.books.get(visit)?.schemas.get(call)
  }

  /** Whether something in this process sees to it that an open call settles. */
  isAttended(visit: Visit, call: string): boolean {
    return this.books.get(visit)?.cancels.has(call) === true
  }

  attend(visit: Visit, call: string, cancel: () => void): void {
    const book = this.books.get(visit)
    // One that has settled at once is not open any more.
    if (book?.calls.open.has(call) === true) book.cancels.set(call, cancel)
  }

  /** An open call has settled; nothing has to end it any more. */
  settled(visit: Visit, call: string): void {
    this.books.get(visit)?.cancels.delete(call)
  }

  /** The next attempt of the retry policy: open calls are ended, failures forgotten. */
  retry(visit: Visit): void {
    const book = this.books.get(visit)
    if (book === undefined) return
    this.cancelAll(book)
    book.calls.retry()
  }

  /** The visit has settled: its open calls are ended. */
  end(visit: Visit): void {
    const book = this.books.get(visit)
    if (book === undefined) return
    this.books.delete(visit)
    this.cancelAll(book)
  }

  private cancelAll({ cancels }: Book): void {
    const ending = [...cancels.values()]
    cancels.clear()
    for (const cancel of ending) cancel()
  }

  /** Ends the calls of visits that were cut off. */
  cutOff(isCutOff: (visit: Visit) => boolean): void {
    for (const visit of this.books.keys()) if (isCutOff(visit)) this.end(visit)
  }

  clear(): void {
    this.books.clear()
  }
}

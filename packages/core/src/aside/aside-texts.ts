import { utf8Length } from '../defaults/text-limits.ts'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { isAsideText } from '../model/aside-text.ts'
import type { IBlobStore } from '../ports/blob-store.ts'

/** How large a value is at least that is put aside where nothing else is said, in bytes: one that is as large stays where it is. */
const defaultInlineBytes = 65_536

/** How many blobs are written or read at a time. */
const atATime = 16

/** A text on its way to a blob store. */
export interface AsideText {
  readonly key: string
  readonly text: string
}

/** What a blob holds, for errors about it: what the value is, and of which run. */
export interface BlobPlace {
  readonly runId: string
  readonly field: string
  readonly seq?: number
}

/** Puts texts over a limit into a blob store, and finds them again. */
export class AsideTexts {
  private readonly blobs: IBlobStore
  private readonly maxInlineBytes: number

  /** @throws HeddleError `INVALID_OPTION` */
  constructor(blobs: IBlobStore, maxInlineBytes: number = defaultInlineBytes) {
    if (!Number.isSafeInteger(maxInlineBytes) || maxInlineBytes < 0) {
      const message = `maxInlineBytes must be a whole number from 0 up, and is ${maxInlineBytes}`
      throw new HeddleError('INVALID_OPTION', message, { details: { option: 'maxInlineBytes', given: maxInlineBytes } })
    }
    this.blobs = blobs
    this.maxInlineBytes = maxInlineBytes
  }

  /** Whether a text is to be put aside: it is over the limit, or could be taken for a reference. */
  isOver(text: string): boolean {
    const { maxInlineBytes } = this
    // A UTF-16 unit takes one to three bytes, so only lengths between need counting.
    if (text.length * 3 <= maxInlineBytes) return isAsideText(text)
    return text.length > maxInlineBytes || utf8Length(text) > maxInlineBytes || isAsideText(text)
  }

  /** @throws HeddleError `STORE_UNAVAILABLE` if one could not be stored */
  async put(texts: readonly AsideText[]): Promise<void> {
    await inTurns(texts, ({ key, text }) => this.orUnavailable(key, 'stored', () => this.blobs.put(key, text)))
  }

  /** @throws HeddleError `JOURNAL_CORRUPT` if there is no such blob, or it is damaged; `STORE_UNAVAILABLE` */
  async get(key: string, { runId, field, seq }: BlobPlace): Promise<string> {
    const text = await this.orUnavailable(key, 'read', () => this.blobs.get(key))
    if (text !== undefined) return text
    const where = seq === undefined ? `"${field}" of run "${runId}"` : `"${field}" of entry ${seq} of run "${runId}"`
    throw new HeddleError(
      'JOURNAL_CORRUPT',
      `${where} is kept in a blob store, which has no blob "${key}"; give the blob store that the run was written with, or put the blob back from a backup`,
      { details: { runId, field, key, ...(seq === undefined ? {} : { seq }) } },
    )
  }

  /** @throws HeddleError `STORE_UNAVAILABLE` if one could not be removed */
  async delete(keys: readonly string[]): Promise<void> {
    await inTurns(keys, (key) => this.orUnavailable(key, 'removed', () => this.blobs.delete(key)))
  }

  private async orUnavailable<T>(key: string, what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isHeddleError(error)) throw error
      throw new HeddleError('STORE_UNAVAILABLE', `the blob "${key}" could not be ${what}; try again later`, {
        details: { key },
        retryable: true,
        cause: error,
      })
    }
  }
}

/** Does something with each, some at a time; answers in their order. */
export async function inTurns<From, To>(all: readonly From[], work: (one: From) => Promise<To>): Promise<To[]> {
  const done: To[] = []
  for (let at = 0; at < all.length; at += atATime) {
    done.push(...(await Promise.all(all.slice(at, at + atATime).map(work))))
  }
  return done
}

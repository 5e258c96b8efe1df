import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import type { IJournalStore, JournalContents, JournalSummary, RunJournal } from '../ports/journal-store.ts'
import { wholeEntries, wholeEntry, wholeSnapshot } from './aside-entries.ts'
import { AsideTexts } from './aside-texts.ts'
import { BlobJournal } from './blob-journal.ts'
import { BlobKeys } from './blob-keys.ts'

/** Options of {@link blobJournalStore}. */
export interface BlobJournalStoreOptions {
  /** Keeps the journals, without the large values. */
  readonly store: IJournalStore
  /** Keeps the large values. Everything that reads the runs needs the same one. */
  readonly blobs: IBlobStore
  /** How large a value or a snapshot may be that stays in the journal, in bytes of UTF-8. @default 65_536 (64 KiB) */
  readonly maxInlineBytes?: number
}

/**
 * A journal store that puts large values into a blob store, so that journals stay small: they hold only where these values lie, and
 * whoever reads a run through this store finds them in their places. A `FlowRuntime` that is given `blobs` makes one by itself; it is for
 * what works with a store directly, `exportRun` for instance.
 *
 * A blob is stored before the entry that refers to it. Where a process ends in between, or a value is refused, a blob is left behind that
 * nothing refers to. A compaction removes the blobs that only dropped entries and snapshots referred to, apart from those of the first
 * entry and of the last dropped one, which lists of runs may show; `remove` removes those of the run, as far as anything refers to them.
 *
 * @throws HeddleError `INVALID_OPTION`
 * @example
 * ```ts
 * const store = blobJournalStore({ store: new FileStore({ dir }), blobs: new FileBlobStore({ dir: `${dir}/blobs` }) })
 * const exported = await exportRun(store, 'order-7')
 * ```
 */
export function blobJournalStore({ store, blobs, maxInlineBytes }: BlobJournalStoreOptions): IJournalStore {
  return new BlobJournalStore(store, new AsideTexts(blobs, maxInlineBytes))
}

class BlobJournalStore implements IJournalStore {
  private readonly store: IJournalStore
  private readonly texts: AsideTexts
  private readonly keys: BlobKeys
  private readonly journals: Map<string, BlobJournal> = new Map()

  constructor(store: IJournalStore, texts: AsideTexts) {
    this.store = store
    this.texts = texts
    this.keys = new BlobKeys(store)
  }

  async create(runId: string): Promise<RunJournal> {
    await this.finishOver(runId)
    return this.track(await this.store.create(runId))
  }

  async open(runId: string): Promise<{ readonly journal: RunJournal; readonly contents: JournalContents } | undefined> {
    await this.finishOver(runId)
    const opened = await this.store.open(runId)
    if (opened === undefined) return undefined
    const journal = this.track(opened.journal)
    try {
      return { journal, contents: await this.whole(runId, opened.contents) }
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  async read(runId: string, upTo?: number): Promise<JournalContents | undefined> {
    return this.twice(async () => {
      const contents = await this.store.read(runId, upTo)
      return contents === undefined ? undefined : this.whole(runId, contents)
    })
  }

  async readEntries(runId: string, afterSeq: number, limit: number): Promise<readonly StoredEvent[] | undefined> {
    return this.twice(async () => {
      const entries = await this.store.readEntries(runId, afterSeq, limit)
      return entries === undefined ? undefined : wholeEntries(this.texts, runId, entries)
    })
  }

  async *list(): AsyncIterable<JournalSummary> {
    const corrupt: string[] = []
    let cause: unknown
    try {
      for await (const { runId, first, last } of this.store.list()) {
        const summary = await this.summary(runId, first, last)
        if (summary === undefined) corrupt.push(runId)
        else yield summary
      }
    } catch (error) {
      if (corrupt.length === 0 || !isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
      corrupt.push(...(error.details['runIds'] as string[]))
      cause = error
    }
    if (corrupt.length === 0) return
    const message = `${corrupt.length} journals cannot be read, or refer to blobs that are missing: ${corrupt.join(', ')}; open one to be told what is wrong with it`
    throw new HeddleError('JOURNAL_CORRUPT', message, { details: { runIds: corrupt }, cause })
  }

  /** @returns `undefined` if a blob is missing or damaged */
  private async summary(runId: string, first: StoredEvent, last: StoredEvent): Promise<JournalSummary | undefined> {
    try {
      return {
        runId,
        first: await wholeEntry(this.texts, runId, first),
        last: await wholeEntry(this.texts, runId, last),
      }
    } catch (error) {
      if (isHeddleError(error, 'JOURNAL_CORRUPT')) return undefined
      throw error
    }
  }

  async remove(runId: string): Promise<void> {
    await this.journals.get(runId)?.idle()
    const keys = await this.keys.ofRun(runId)
    // The run goes first: as long as it is there, its values are.
    await this.store.remove(runId)
    await this.texts.delete(keys)
  }

  async close(): Promise<void> {
    for (const journal of this.journals.values()) await journal.idle()
    await this.store.close()
    this.journals.clear()
  }

  private track(opened: RunJournal): BlobJournal {
    const { runId } = opened
    const journal: BlobJournal = new BlobJournal(opened, {
      texts: this.texts,
      findDropped: () => this.keys.droppedBy(runId),
      onClosed: () => {
        if (this.journals.get(runId) === journal) this.journals.delete(runId)
      },
    })
    this.journals.set(runId, journal)
    return journal
  }

  /** A journal that is being closed, or takes nothing more because a blob could not be stored, is still open in the store behind. */
  private async finishOver(runId: string): Promise<void> {
    const journal = this.journals.get(runId)
    if (journal?.isOver === true) await journal.close()
  }

  private async whole(runId: string, contents: JournalContents): Promise<JournalContents> {
    const entries = await wholeEntries(this.texts, runId, contents.entries)
    const { snapshot } = contents
    if (snapshot === undefined) return { ...contents, entries }
    return { ...contents, entries, snapshot: await wholeSnapshot(this.texts, runId, snapshot) }
  }

  /** While something is read, another process may remove the run or compact its journal: then it is there no more when it is read again. */
  private async twice<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      if (!isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
      return read()
    }
  }
}

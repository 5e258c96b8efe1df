import { HeddleError } from '../src/errors/heddle-error.ts'
import { memoryJournalStore, type MemoryJournals } from '../src/memory/journal-store.ts'
import type { StoredEvent } from '../src/model/stored-event.ts'
import type { IClock } from '../src/ports/clock.ts'
import type { IJournalStore, JournalContents, JournalSummary, RunJournal } from '../src/ports/journal-store.ts'

/** Options of {@link SlowJournals}. */
export interface SlowJournalsOptions {
  readonly clock: IClock
  /** How long a group takes to be written, in milliseconds. @default 10 */
  readonly delayMs?: number
  /** The group that cannot be written, counted from 1 over all runs. */
  readonly failsAt?: number
  /** What was written before. */
  readonly journals?: MemoryJournals
}

/** A journal store that is asynchronous by nature, as a database is: a group is written some time after it was handed in. */
export class SlowJournals implements IJournalStore {
  readonly journals: MemoryJournals
  /** How many groups were handed in. */
  groups = 0
  private readonly store: IJournalStore
  private readonly clock: IClock
  private readonly delayMs: number
  private readonly failsAt: number | undefined

  constructor({ clock, delayMs = 10, failsAt, journals = new Map() }: SlowJournalsOptions) {
    this.journals = journals
    this.store = memoryJournalStore({ journals })
    this.clock = clock
    this.delayMs = delayMs
    this.failsAt = failsAt
  }

  /** What was written of a run, so far. */
  written(runId: string): readonly StoredEvent[] {
    return (this.journals.get(runId)?.entries ?? []).map((text) => JSON.parse(text) as StoredEvent)
  }

  /** Whether an event of a run was written. */
  has(runId: string, type: string, nodeId?: string): boolean {
    return this.written(runId).some(({ fact }) => fact.type === type && fact['nodeId'] === nodeId)
  }

  async create(runId: string): Promise<RunJournal> {
    return this.slow(await this.store.create(runId))
  }

  async open(runId: string): Promise<{ readonly journal: RunJournal; readonly contents: JournalContents } | undefined> {
    const opened = await this.store.open(runId)
    return opened === undefined ? undefined : { ...opened, journal: this.slow(opened.journal) }
  }

  read(runId: string, upTo?: number): Promise<JournalContents | undefined> {
    return this.store.read(runId, upTo)
  }

  readEntries(runId: string, afterSeq: number, limit: number): Promise<readonly StoredEvent[] | undefined> {
    return this.store.readEntries(runId, afterSeq, limit)
  }

  list(): AsyncIterable<JournalSummary> {
    return this.store.list()
  }

  remove(runId: string): Promise<void> {
    return this.store.remove(runId)
  }

  close(): Promise<void> {
    return this.store.close()
  }

  private slow(journal: RunJournal): RunJournal {
    const { runId } = journal
    let last = Promise.resolve()
    const write = async (before: Promise<void>, entries: readonly StoredEvent[], group: number): Promise<void> => {
      await before
      await new Promise<void>((resolve) => {
        this.clock.schedule(this.delayMs, resolve)
      })
      if (group === this.failsAt) {
        throw new HeddleError('STORE_UNAVAILABLE', 'the database is gone', { retryable: true })
      }
      await journal.append(entries)
    }
    return {
      runId,
      append: (entries) => {
        const writing = write(last, entries, ++this.groups)
        last = writing
        return writing
      },
      sync: () => last,
      saveSnapshot: async (snapshot) => {
        await last
        await journal.saveSnapshot(snapshot)
      },
      compact: () => journal.compact(),
      close: () => journal.close(),
    }
  }
}

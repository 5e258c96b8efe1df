import type { StoredEvent } from '../model/stored-event.ts'
import type {
  IJournalStore,
  JournalContents,
  JournalSnapshot,
  JournalSummary,
  RunJournal,
} from '../ports/journal-store.ts'
import {
  checkFollows,
  checkPage,
  checkRunId,
  checkSnapshotSeq,
  checkUpTo,
  droppedByCompaction,
  entriesText,
  journalIsClosed,
  journalIsOpen,
  runExists,
  storeIsClosed,
} from './journal-rules.ts'

/** What is kept of one run, as JSON text, so that nothing is shared with whoever wrote or reads it. */
export interface MemoryJournal {
  /** Entries up to this one were dropped by a compaction. */
  base: number
  /** The entry with which the run began. */
  first?: string | undefined
  /** The entry before those that are kept. */
  before?: string | undefined
  /** One text an entry. */
  entries: string[]
  readonly snapshots: Map<number, string>
  /** The journal that may write to it. */
  writer?: object | undefined
}

/** The journals of a memory journal store, by run id. They outlive the store that writes to them, as a folder outlives a process. */
export type MemoryJournals = Map<string, MemoryJournal>

/** Options of {@link memoryJournalStore}. */
export interface MemoryJournalStoreOptions {
  /**
   * Where the journals are kept. A second store on the same ones finds what the first one wrote, as after a crash: a journal that it
   * opens can no longer be written to by the first one.
   * @default journals of its own
   */
  readonly journals?: MemoryJournals
}

/** Journals in this process: the reference for every other journal store. They end with the process. */
export function memoryJournalStore({ journals = new Map() }: MemoryJournalStoreOptions = {}): IJournalStore {
  return new MemoryJournalStore(journals)
}

class MemoryJournalStore implements IJournalStore {
  private readonly journals: MemoryJournals
  private readonly writers: Map<string, MemoryRunJournal> = new Map()
  private isClosed = false

  constructor(journals: MemoryJournals) {
    this.journals = journals
  }

  async create(runId: string): Promise<RunJournal> {
    this.checkOpen(runId)
    if (this.isOpen(runId)) throw journalIsOpen(runId)
    if (isRun(this.journals.get(runId))) throw runExists(runId)
    const kept: MemoryJournal = { base: 0, entries: [], snapshots: new Map() }
    this.journals.set(runId, kept)
    return this.write(runId, kept)
  }

  async open(runId: string): Promise<{ readonly journal: RunJournal; readonly contents: JournalContents } | undefined> {
    this.checkOpen(runId)
    if (this.isOpen(runId)) throw journalIsOpen(runId)
    const kept = this.journals.get(runId)
    if (!isRun(kept)) return undefined
    return { journal: this.write(runId, kept), contents: contentsOf(kept, lastSeq(kept)) }
  }

  async read(runId: string, upTo?: number): Promise<JournalContents | undefined> {
    checkRunId(runId)
    checkUpTo(runId, upTo)
    const kept = this.journals.get(runId)
    if (!isRun(kept)) return undefined
    if (upTo !== undefined && upTo < kept.base) throw droppedByCompaction(runId, upTo, kept.base)
    return contentsOf(kept, Math.min(upTo ?? Infinity, lastSeq(kept)))
  }

  async readEntries(runId: string, afterSeq: number, limit: number): Promise<readonly StoredEvent[] | undefined> {
    checkRunId(runId)
    checkPage(runId, afterSeq, limit)
    const kept = this.journals.get(runId)
    if (!isRun(kept)) return undefined
    const from = Math.max(0, afterSeq - kept.base)
    return kept.entries.slice(from, from + limit).map(entryOf)
  }

  async *list(): AsyncIterable<JournalSummary> {
    for (const [runId, { first, entries, before }] of this.journals) {
      const last = entries[entries.length - 1] ?? before
      if (first === undefined || last === undefined) continue
      yield { runId, first: entryOf(first), last: entryOf(last) }
    }
  }

  async remove(runId: string): Promise<void> {
    this.checkOpen(runId)
    await this.writers.get(runId)?.close()
    this.journals.delete(runId)
  }

  async close(): Promise<void> {
    this.isClosed = true
    for (const journal of this.writers.values()) await journal.close()
  }

  private checkOpen(runId: string): void {
    checkRunId(runId)
    if (this.isClosed) throw storeIsClosed()
  }

  private isOpen(runId: string): boolean {
    return this.writers.get(runId)?.isOpen ?? false
  }

  private write(runId: string, kept: MemoryJournal): MemoryRunJournal {
    const journal = new MemoryRunJournal(runId, kept)
    this.writers.set(runId, journal)
    return journal
  }
}

class MemoryRunJournal implements RunJournal {
  readonly runId: string
  private readonly kept: MemoryJournal

  constructor(runId: string, kept: MemoryJournal) {
    this.runId = runId
    this.kept = kept
    kept.writer = this
  }

  get isOpen(): boolean {
    return this.kept.writer === this
  }

  append(entries: readonly StoredEvent[]): void {
    this.checkOpen()
    const { kept } = this
    checkFollows(this.runId, lastSeq(kept), entries)
    // All of them become text before one is kept.
    const texts = entries.map((entry) => entriesText(this.runId, [entry]).slice(1, -1))
    kept.first ??= texts[0]
    for (const text of texts) kept.entries.push(text)
  }

  async sync(): Promise<void> {}

  async saveSnapshot({ seq, text }: JournalSnapshot): Promise<void> {
    this.checkOpen()
    checkSnapshotSeq(this.runId, seq, this.kept.base, lastSeq(this.kept))
    this.kept.snapshots.set(seq, text)
  }

  async compact(): Promise<void> {
    this.checkOpen()
    const { kept } = this
    const base = Math.max(kept.base, ...kept.snapshots.keys())
    kept.before = kept.entries[base - kept.base - 1] ?? kept.before
    kept.entries = kept.entries.slice(base - kept.base)
    kept.base = base
    for (const seq of kept.snapshots.keys()) if (seq < base) kept.snapshots.delete(seq)
  }

  async close(): Promise<void> {
    if (this.isOpen) this.kept.writer = undefined
  }

  private checkOpen(): void {
    if (!this.isOpen) throw journalIsClosed(this.runId)
  }
}

function isRun(kept: MemoryJournal | undefined): kept is MemoryJournal {
  return kept?.first !== undefined
}

function lastSeq({ base, entries }: MemoryJournal): number {
  return base + entries.length
}

function entryOf(text: string): StoredEvent {
  return JSON.parse(text) as StoredEvent
}

function contentsOf({ base, entries, snapshots }: MemoryJournal, upTo: number): JournalContents {
  const seq = Math.max(0, ...[...snapshots.keys()].filter((one) => one <= upTo))
  const text = snapshots.get(seq)
  const wanted = entries.slice(Math.max(0, seq - base), Math.max(0, upTo - base)).map(entryOf)
  return { ...(text === undefined ? {} : { snapshot: { seq, text } }), entries: wanted }
}

import type { StoredEvent } from '../model/stored-event.ts'

/** The first and the last entry of a run's journal: enough to list runs. Compaction keeps both. */
export interface JournalSummary {
  readonly runId: string
  /** The entry with which the run began. */
  readonly first: StoredEvent
  readonly last: StoredEvent
}

/** A run as serialised text, as it was after one entry of its journal. */
export interface JournalSnapshot {
  /** The entry after which it was taken. */
  readonly seq: number
  readonly text: string
}

/** What was found behind the last whole group of entries and cut off: an append that a crash interrupted. */
export interface JournalRepair {
  /** Where the cut was made, in bytes from the beginning. */
  readonly offset: number
  readonly droppedBytes: number
  /** Where that was, for a store on files. */
  readonly file?: string
}

/** What a journal holds. */
export interface JournalContents {
  /** The newest snapshot that was asked for, if there is one. */
  readonly snapshot?: JournalSnapshot
  /** The entries after the snapshot; without one all entries. */
  readonly entries: readonly StoredEvent[]
  readonly repair?: JournalRepair
}

/** The journal of one run, open for writing. It has one writer: it is open at most once. */
export interface RunJournal {
  readonly runId: string
  /**
   * Hands a group of entries to the system. It counts as handed over when the call returns, or, if that answers a promise, when it
   * resolves; what is called after it is written after it, in order. Atomic: after a crash the journal holds all of the group or
   * nothing. Without entries nothing happens. A run decides nothing visible from entries that were not handed over yet: so a store that
   * is asynchronous by nature, a database, is as safe as one that is not, and slower by the time that it takes.
   *
   * @param entries their `seq` follow those before without a gap; the first one of a run is 1
   * @throws HeddleError, at once or by the promise: `STORE_UNAVAILABLE` if they could not be written; nothing of the group counts then,
   *   and no later call succeeds until the journal is opened again. `INVALID_STATE` if their `seq` do not follow, `ALREADY_CLOSED`; the
   *   journal is as it was then
   */
  append(entries: readonly StoredEvent[]): void | Promise<void>
  /**
   * Resolves when everything that was appended before the call is as durable as the store promises.
   *
   * @throws HeddleError `STORE_UNAVAILABLE`
   */
  sync(): Promise<void>
  /**
   * Keeps the run as it was after `seq`, so that it can be rebuilt without the entries before. It drops none of them, and no earlier
   * snapshot. Entries may be appended meanwhile.
   *
   * @throws HeddleError `STORE_UNAVAILABLE`: there is no such snapshot then, and the journal goes on. `INVALID_STATE` if no entry has
   *   this `seq`
   */
  saveSnapshot(snapshot: JournalSnapshot): Promise<void>
  /**
   * Drops the entries up to the newest snapshot, and the snapshots before it; without a snapshot nothing happens. What happened before
   * it can no longer be looked at. Entries may be appended meanwhile. A crash leaves the journal as it was before or as it is after.
   *
   * @throws HeddleError `STORE_UNAVAILABLE`
   */
  compact(): Promise<void>
  /**
   * Lets go of the journal, everything in it synced. Idempotent.
   *
   * @throws HeddleError `STORE_UNAVAILABLE` if it could not be synced; it is closed all the same
   */
  close(): Promise<void>
}

/**
 * Keeps the journals of runs that are carried out in this process: what a run is rebuilt from after a crash. One process at a time
 * writes to a store; any number may read. The references are `memoryJournalStore` and, on files, `FileStore`.
 *
 * A run begins with its first entry: a journal without any counts as none, and is begun anew by `create`. Calls with an id that is not
 * allowed reject with `INVALID_ID`; those that write, after `close`, with `ALREADY_CLOSED`.
 */
export interface IJournalStore {
  /**
   * Begins the journal of a new run.
   *
   * @throws HeddleError `RUN_CONFLICT` if the store has one of that id, `STORE_LOCKED` if another process writes to the store,
   *   `STORE_FORMAT` if a newer version has written to it, `STORE_UNAVAILABLE`
   */
  create(runId: string): Promise<RunJournal>
  /**
   * Opens a journal to go on with its run; `undefined` if there is none. An interrupted append at its end is cut off.
   *
   * @throws HeddleError `JOURNAL_CORRUPT` if an entry before the end cannot be read, `RUN_CONFLICT` if the journal is open already (and
   *   no append to it has failed), `STORE_LOCKED`, `STORE_FORMAT`, `STORE_UNAVAILABLE`
   */
  open(runId: string): Promise<{ readonly journal: RunJournal; readonly contents: JournalContents } | undefined>
  /**
   * Reads a journal, in any process, while another one may write to it; `undefined` if there is none. Nothing is changed. An append
   * that is under way, or was interrupted, is not there yet.
   *
   * @param upTo the `seq` of the last entry that is wanted; the snapshot is then the newest one not after it
   * @throws HeddleError `INVALID_OPTION` if `upTo` is no whole number from 0 up, or if a compaction has dropped that moment;
   *   `JOURNAL_CORRUPT`, `STORE_FORMAT`, `STORE_UNAVAILABLE`
   */
  read(runId: string, upTo?: number): Promise<JournalContents | undefined>
  /**
   * Reads entries, snapshots apart, in any process; `undefined` if there is no such run. After a compaction the first one is the first
   * that was kept.
   *
   * @param afterSeq the entry before the first one that is wanted; 0 for all
   * @param limit how many are wanted at most, from 1
   * @throws HeddleError as {@link read} does
   */
  readEntries(runId: string, afterSeq: number, limit: number): Promise<readonly StoredEvent[] | undefined>
  /**
   * The runs of the store, in no particular order. A journal that cannot be read does not hide the others: its error comes at the end.
   *
   * @throws HeddleError `JOURNAL_CORRUPT` after the last run, if there are journals that cannot be read; `details.runIds` names them.
   *   `STORE_FORMAT`, `STORE_UNAVAILABLE`
   */
  list(): AsyncIterable<JournalSummary>
  /**
   * Removes a run with its snapshots, also a damaged one; without one of this id nothing happens. If its journal is open, it is closed.
   *
   * @throws HeddleError `STORE_LOCKED`, `STORE_FORMAT`, `STORE_UNAVAILABLE`
   */
  remove(runId: string): Promise<void>
  /**
   * Closes all journals and lets others write to the store. Idempotent.
   *
   * @throws HeddleError `STORE_UNAVAILABLE` if a journal could not be synced; the store is closed all the same
   */
  close(): Promise<void>
}

import type { IJournalStore } from '@heddle/core'
import { unknownRun } from './read-journal.ts'

/** What a compaction came to. */
export interface CompactedRun {
  /** The first event that is left, by its `seq`. */
  readonly firstSeq: number
  /** The first event that was there before; the same if nothing was dropped. */
  readonly formerSeq: number
}

/**
 * Drops what a run has in its journal before its newest snapshot. The store is closed then.
 *
 * @throws HeddleError `UNKNOWN_RUN`, `STORE_LOCKED` if another process writes to the store, and what the store throws
 */
export async function compactRun(store: IJournalStore, runId: string): Promise<CompactedRun> {
  try {
    const opened = await store.open(runId)
    if (opened === undefined) throw unknownRun(runId)
    const formerSeq = await firstSeqOf(store, runId)
    await opened.journal.compact()
    return { firstSeq: await firstSeqOf(store, runId), formerSeq }
  } finally {
    await store.close()
  }
}

/** The first event of a journal; where a snapshot is all that is left, the one that comes next. */
async function firstSeqOf(store: IJournalStore, runId: string): Promise<number> {
  const [first] = (await store.readEntries(runId, 0, 1)) ?? []
  return first?.seq ?? ((await store.read(runId))?.snapshot?.seq ?? 0) + 1
}

import type { IClock } from '../ports/clock.ts'
import type { RunJournal } from '../ports/journal-store.ts'
import type { IFiles } from './files.ts'
import type { OpenHandles } from './open-handles.ts'
import type { ParallelLimit } from './parallel-limit.ts'
import type { SharedSync } from './shared-sync.ts'

/**
 * When what was written is brought to the disk: `group`: at most once in an interval; `always`: before `append` returns; `never`: when
 * the system likes to.
 */
export type FsyncPolicy = 'never' | 'group' | 'always'

/** What the journals of a store share. */
export interface JournalServices {
  readonly files: IFiles
  readonly handles: OpenHandles
  readonly fsync: FsyncPolicy
  readonly fsyncEveryMs: number
  readonly clock: IClock
  /** Keeps syncs from taking all threads of the process. */
  readonly syncs: ParallelLimit
  /** Brings the names of the runs' folders to the disk. */
  readonly runNames: SharedSync
  /** Is told when a journal was let go of, and whether it had failed. */
  readonly closed: (journal: RunJournal, hasFailed: boolean) => void
}

import type { WorkflowResult } from '@heddle/core'
import type { RefusedAnswer } from './answering.ts'

/** How a run ended, or where it came to rest. */
export interface RunReport {
  readonly result: WorkflowResult
  /** Nodes that wait for what nothing in this process will bring, if the run can never go on for that. */
  readonly stuckAt: readonly string[] | undefined
  readonly refused: readonly RefusedAnswer[]
  /** Names of waits that answers were given for and that never opened. */
  readonly unused: readonly string[]
  /** Set where the run was let go of as its store knows it: whoever opens it there goes on with it. */
  readonly isLetGo?: boolean
}

import type { Resumption, Suspension } from '../model/outcome.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { VisitName } from '../model/visit.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'

/** A child run in this process, as its parent sees it. */
export interface ChildRun {
  readonly runId: string
  /** Begins the run; called once, when the parent is ready to hear of it. */
  begin(): void
  cancel(reason: string): void
  /** Whether this run, or a child of it, has an open wait of that name or id. */
  hasWait(nameOrId: string): boolean
  waits(): readonly OpenWait[]
  /** The run as plain data. */
  snapshot(): RunSnapshot
  /** @throws HeddleError as `InProcessRun.resume` does */
  resume(nameOrId: string, payload: unknown, action?: string): Promise<void>
}

/** What a parent run asks for. */
export interface ChildRequest {
  readonly parentRunId: string
  readonly visit: VisitName
  /** Number of the parent visit's attempt: a retry starts another child. */
  readonly attempt: number
  readonly on: Extract<Suspension, { type: 'child' }>
  /** The child as it was, if its parent was restored. */
  readonly snapshot?: RunSnapshot
  readonly onSettled: (resumption: Resumption, status: 'completed' | 'failed' | 'cancelled') => void
  /** The child only waits for something external now; or it is under way again. */
  readonly onActive: (isActive: boolean) => void
}

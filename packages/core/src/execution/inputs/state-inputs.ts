import type { ReducerName } from '../../model/policy.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'

/** The part of an attempt's data that comes from the run as a whole: its input and its shared values, read out of a state. */
export class StateInputs {
  readonly runId: string
  readonly runInput: unknown
  protected readonly state: WorkflowState

  constructor(state: WorkflowState) {
    this.state = state
    this.runId = state.runId
    this.runInput = state.input
  }

  shared(key: string): unknown {
    return this.state.shared.get(key)
  }

  sharedVersion(key: string): number {
    return this.state.shared.version(key)
  }

  sharedRecord(): Record<string, unknown> {
    return this.state.shared.toScope()
  }

  sharedReducer(key: string): ReducerName {
    return this.state.shared.reducer(key)
  }

  mergeShared(key: string, current: unknown, writes: readonly unknown[]): unknown {
    return this.state.shared.merged(key, current, writes)
  }
}

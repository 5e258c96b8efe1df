import type { ExecutionServices, NodeExecutorFactory } from '../execution/services.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { IOrchestrator } from './contract.ts'

/** What is replayed. */
export interface ReplayOptions {
  /** The last event to fold. @default the whole journal */
  readonly until?: number
}

/** Folds a recorded journal up to a `seq`. It runs no handler: the state afterwards is that of the recorded run at that place. */
export class ReplayOrchestrator implements IOrchestrator {
  private readonly journal: readonly RunEvent[]
  private readonly options: ReplayOptions

  constructor(journal: readonly RunEvent[], options: ReplayOptions = {}) {
    this.journal = journal
    this.options = options
  }

  // A state may have any record of shared values.
  // oxlint-disable typescript/no-explicit-any
  async run(
    traverser: GraphTraverser,
    _executorFactory: NodeExecutorFactory,
    state: WorkflowState<any>,
    services: ExecutionServices,
  ): Promise<WorkflowResult<any>> {
    // oxlint-enable typescript/no-explicit-any
    state.adopt(foldJournal(traverser.getDynamicBlueprint(), this.journal, this.options.until))
    return state.toResult(services.options.serializer)
  }
}

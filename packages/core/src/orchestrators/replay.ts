import { HeddleError } from '../errors/heddle-error.ts'
import { pinnedHash } from '../execution/engine/pinned-hash.ts'
import { RunServices } from '../execution/run/run-services.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { IOrchestrator } from './contract.ts'

/** What is replayed. */
export interface ReplayOptions {
  /** The last event to fold, by its `seq`; 0 for none. @default the whole journal */
  readonly until?: number
  /**
   * Whether the events may be a part of a journal, as a compaction leaves one. They are not checked then, and what they do not tell is
   * missing in the result.
   * @default false
   */
  readonly isPart?: boolean
}

/**
 * Folds a recorded journal up to a `seq`. It runs no handler: the state afterwards is that of the recorded run at that place.
 *
 * `run` rejects with `JOURNAL_CORRUPT` if events are missing or out of order, with `INVALID_OPTION` if the first ones were dropped by a
 * compaction, and with `DEFINITION_MISMATCH` if the run never had the definition that it is replayed with.
 */
export class ReplayOrchestrator implements IOrchestrator {
  private readonly journal: readonly RunEvent[]
  private readonly options: ReplayOptions

  /**
   * @param journal all events of the run, in order
   * @throws HeddleError `INVALID_OPTION` for a journal that is no list, or a place that is no `seq`
   */
  constructor(journal: readonly RunEvent[], options: ReplayOptions = {}) {
    // Plain JavaScript may pass anything.
    if (!Array.isArray(journal)) throw invalid('journal', 'a list of events', journal)
    const { until } = options
    if (until !== undefined && until !== Infinity && !(Number.isInteger(until) && until >= 0)) {
      throw invalid('until', 'the seq of an event, a whole number from 0 up', until)
    }
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
    const blueprint = traverser.getDynamicBlueprint()
    const { until, isPart = false } = this.options
    // Services of a user's own do not know the subflows.
    const hash = services instanceof RunServices ? pinnedHash(services.engine, blueprint) : undefined
    const definition = hash === undefined ? {} : { definitionHash: hash }
    state.adopt(foldJournal(blueprint, this.journal, until, { isPart, ...definition }))
    return state.toResult(services.options.serializer)
  }
}

function invalid(option: string, what: string, given: unknown): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} of a replay must be ${what}, and is ${describeKind(given)}`, {
    details: { option },
  })
}

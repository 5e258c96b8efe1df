import { bindRun } from '../execution/bind-run.ts'
import type { Engine } from '../execution/engine.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/services.ts'
import { RunServices } from '../execution/run-services.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { GraphTraverser } from '../traversal/graph-traverser.ts'
import { restoreSnapshot, type RunSnapshot } from '../traversal/run-snapshot.ts'
import { WorkflowState } from '../traversal/workflow-state.ts'
import type { RunOptions } from './options.ts'
import { InProcessHandle, type RunHandle } from './run-handle.ts'

/** The parts that an orchestrator is given. They belong together: one run. */
export class PreparedRun {
  readonly traverser: GraphTraverser
  readonly state: WorkflowState
  readonly executorFactory: NodeExecutorFactory
  readonly services: ExecutionServices
  private readonly engine: Engine

  /** Made by `runtime.prepare`. @internal */
  constructor(engine: Engine, traverser: GraphTraverser, state: WorkflowState, services: ExecutionServices) {
    this.engine = engine
    this.traverser = traverser
    this.state = state
    this.services = services
    this.executorFactory = services.executorFactory
  }

  /** The run from outside: resumes and cancels it, whichever orchestrator drives it in this process. */
  get handle(): RunHandle {
    const { traverser, state, executorFactory, services, engine } = this
    return new InProcessHandle(bindRun(traverser, state, executorFactory, services), engine.eventBus)
  }
}

/** Makes the parts of a run that goes on from a snapshot. @throws HeddleError `DEFINITION_MISMATCH`, `INVALID_STATE` */
export function prepareRestored(
  engine: Engine,
  blueprint: WorkflowBlueprint,
  snapshot: RunSnapshot,
  options: RunOptions,
): PreparedRun {
  const restored = restoreSnapshot(blueprint, snapshot)
  const declared = blueprint.policy?.context
  const { runId, input } = snapshot
  const state = new WorkflowState({}, { runId, input, ...(declared === undefined ? {} : { declared }) })
  state.restore(restored, snapshot)
  const traverser = GraphTraverser.restored(blueprint, restored)
  return joinParts(engine, traverser, state, options)
}

/** Makes the parts of one run over a blueprint that passed validation. */
export function prepareRun(
  engine: Engine,
  blueprint: WorkflowBlueprint,
  input: unknown,
  runId: string,
  options: RunOptions,
): PreparedRun {
  const { onFailure, context = {} } = options
  const declared = blueprint.policy?.context
  const traverser = new GraphTraverser(blueprint, onFailure === undefined ? {} : { onFailure })
  const state = new WorkflowState(context, { runId, input, ...(declared === undefined ? {} : { declared }) })
  return joinParts(engine, traverser, state, options)
}

function joinParts(engine: Engine, traverser: GraphTraverser, state: WorkflowState, options: RunOptions): PreparedRun {
  const { signal, concurrency, deadlineMs, journal = false } = options
  const serviceOptions = { serializer: engine.serializer, signal, concurrency }
  const services = new RunServices(engine, state, serviceOptions, { journal, deadlineMs, signal })
  return new PreparedRun(engine, traverser, state, services)
}

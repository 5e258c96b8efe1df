import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { bindRun } from '../execution/run/bind-run.ts'
import type { Engine } from '../execution/engine/engine.ts'
import { pinnedHash } from '../execution/engine/pinned-hash.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import type { InProcessOptions } from '../execution/engine/in-process-options.ts'
import { RunServices } from '../execution/run/run-services.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { nestSnapshot } from '../traversal/flat-snapshot.ts'
import { GraphTraverser } from '../traversal/graph-traverser.ts'
import { restoreSnapshot, type RunSnapshot } from '../traversal/run-snapshot.ts'
import { checkSnapshotShape } from '../traversal/snapshot-shape.ts'
import type { RebuiltRun } from '../traversal/rebuild-run.ts'
import { checkInitialValues } from '../traversal/shared-values.ts'
import { WorkflowState } from '../traversal/workflow-state.ts'
import type { RunOptions } from './options.ts'
import { InProcessHandle } from './in-process-handle.ts'

/** Settings of a run that may be a child of another. */
export interface NestedRunOptions extends RunOptions {
  /** How deep the run is nested in others. @default 0 */
  readonly depth?: number
}

/** What a run is bound by whose journal is kept, or that was restored. */
export type KeptRun = Pick<InProcessOptions, 'write' | 'sync' | 'deadlineMs' | 'startedAt' | 'depth' | 'parentRunId'>

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
  options: NestedRunOptions,
): PreparedRun {
  const restored = restoreSnapshot(blueprint, snapshot, pinnedHash(engine, blueprint))
  const declared = blueprint.policy?.context
  const { runId, input } = snapshot
  const state = new WorkflowState({}, { runId, input, ...(declared === undefined ? {} : { declared }) })
  state.restore(restored, snapshot)
  const traverser = GraphTraverser.restored(blueprint, restored)
  const { deadlineMs, startedAt } = snapshot.limits
  return joinParts(engine, traverser, state, options, deadlineMs === undefined ? {} : { deadlineMs, startedAt })
}

/**
 * The same of a snapshot as text, which may be any text.
 *
 * @throws HeddleError `DEFINITION_MISMATCH`, `INVALID_STATE`, `LIMIT_EXCEEDED`
 */
export function prepareFromText(
  engine: Engine,
  blueprint: WorkflowBlueprint,
  text: string,
  options: NestedRunOptions,
): PreparedRun {
  const stored = engine.serializer.deserialize(text)
  checkSnapshotShape(stored)
  try {
    return prepareRestored(engine, blueprint, nestSnapshot(stored), options)
  } catch (error) {
    if (isHeddleError(error)) throw error
    const message =
      'the snapshot is broken: its parts do not fit together; take the text that "snapshot()" gave, as it is'
    throw new HeddleError('INVALID_STATE', message, { cause: error })
  }
}

/** Makes the parts of one run over a blueprint that passed validation. @throws HeddleError `INVALID_OPTION` */
export function prepareRun(
  engine: Engine,
  blueprint: WorkflowBlueprint,
  input: unknown,
  runId: string,
  options: NestedRunOptions,
  kept: KeptRun = {},
): PreparedRun {
  const { onFailure, context = {} } = options
  const declared = blueprint.policy?.context
  if (options.context !== undefined) checkInitialValues(declared, options.context)
  const traverser = new GraphTraverser(blueprint, onFailure === undefined ? {} : { onFailure })
  const state = new WorkflowState(context, { runId, input, ...(declared === undefined ? {} : { declared }) })
  return joinParts(engine, traverser, state, options, kept)
}

/** Makes the parts of a run that was rebuilt from its journal. */
export function prepareRebuilt(
  engine: Engine,
  { traverser, state }: RebuiltRun,
  options: NestedRunOptions,
  kept: KeptRun,
): PreparedRun {
  return joinParts(engine, traverser, state, options, kept)
}

function joinParts(
  engine: Engine,
  traverser: GraphTraverser,
  state: WorkflowState,
  options: NestedRunOptions,
  kept: KeptRun,
): PreparedRun {
  const { signal, concurrency, deadlineMs, journal = false, depth = 0, tags } = options
  const serviceOptions = { serializer: engine.serializer, signal, concurrency }
  const services = new RunServices(engine, state, serviceOptions, { journal, deadlineMs, signal, depth, tags, ...kept })
  return new PreparedRun(engine, traverser, state, services)
}

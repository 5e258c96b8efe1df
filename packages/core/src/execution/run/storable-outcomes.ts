import { HeddleError } from '../../errors/heddle-error.ts'
import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import { nodeId, type Visit } from '../../kernel/visit.ts'
import type { Outcome } from '../../model/outcome.ts'
import { terminalNodes } from '../../traversal/run-output.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import type { Engine } from '../engine/engine.ts'
import type { InProcessOptions } from '../engine/in-process-options.ts'
import type { RunFacts } from './run-facts.ts'
import { SharedGrowth } from '../checks/shared-growth.ts'
import { unstorable } from '../checks/unstorable.ts'

/** The parts of a run that say what is stored of it. */
interface StoredRunParts {
  readonly engine: Engine
  readonly graph: CompiledGraph
  readonly state: WorkflowState
  readonly options: InProcessOptions
  readonly facts: RunFacts
}

/** Sees to it that what comes of a run's visits, and of the run as a whole, can be stored. */
export class StorableOutcomes {
  private readonly run: StoredRunParts
  private growth: SharedGrowth | undefined

  constructor(run: StoredRunParts) {
    this.run = run
  }

  /** An outcome as it counts: a failure, if something that has to be kept of it is too large to be stored. */
  committable(visit: Visit, outcome: Outcome): Outcome {
    if (outcome.status === 'suspended') return this.isWritten ? this.keepable(visit, outcome) : outcome
    if (outcome.status !== 'completed') return outcome
    const { transformed, writes = [] } = outcome
    if (transformed !== undefined && transformed.size > 1 && this.isWritten) {
      const refused = this.refuse(transformed)
      if (refused !== undefined) return this.unkept(visit, 'end, since what the transforms of its edges give', refused)
    }
    if (writes.length === 0) return outcome
    const { state, engine, graph } = this.run
    this.growth ??= new SharedGrowth(state.shared, engine)
    const error = this.growth.refuse(writes, nodeId(graph, visit.node))
    return error === undefined ? outcome : { status: 'failed', error }
  }

  /** The output of the run as its last event tells it. One that is put together of several may be too large to be written. */
  toldOutput(): unknown {
    const { state, engine, graph, facts } = this.run
    const { output } = state.toResult(engine.serializer)
    const isOneValue = graph.blueprint.policy?.output !== undefined || terminalNodes(graph).length === 1
    if (!this.isWritten || isOneValue) return output
    const refused = this.refuse(output)
    if (refused === undefined) return output
    const message = `the output of the run is not told with its end, since it cannot be stored as one value; read the outputs of its nodes: ${refused.message}`
    facts.tell({ type: 'warning', code: 'OUTPUT_LEFT_OUT', message })
    return undefined
  }

  private get isWritten(): boolean {
    return this.run.options.write !== undefined
  }

  /** What a visit waits for stands in the journal as one value: the items of a map, the inputs of child runs. */
  private keepable(visit: Visit, outcome: Outcome & { readonly status: 'suspended' }): Outcome {
    const refused = this.refuse(outcome.on)
    if (refused === undefined) return outcome
    const what = outcome.on.type === 'items' ? 'the items of the map' : 'what it waits for'
    return this.unkept(visit, `wait, since ${what}`, refused)
  }

  private unkept(visit: Visit, what: string, refused: HeddleError): Outcome {
    const id = nodeId(this.run.graph, visit.node)
    const message = `node "${id}" cannot ${what} cannot be kept in the run's journal; hand on less at a time, or store it aside and hand on where it lies: ${refused.message}`
    return {
      status: 'failed',
      error: new HeddleError(refused.code, message, { details: { ...refused.details, nodeId: id }, cause: refused }),
    }
  }

  private refuse(value: unknown): HeddleError | undefined {
    try {
      this.run.engine.serializer.serialize(value)
      return undefined
    } catch (error) {
      return unstorable(error)
    }
  }
}

import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { Control } from '../kernel/control.ts'
import { nodeId, type Visit } from '../kernel/visit.ts'
import type { Outcome } from '../model/outcome.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import { terminalNodes } from '../traversal/run-output.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import { AbortControllers } from './abort-controllers.ts'
import type { Engine } from './engine.ts'
import { FrameInputs } from './frame-inputs.ts'
import type { InProcessOptions } from './in-process-options.ts'
import { Publisher } from './publisher.ts'
import { RunFacts } from './run-facts.ts'
import { SharedGrowth } from './shared-growth.ts'

/** What one run in this process is made of, and where its parts are found. */
export class RunParts {
  readonly engine: Engine
  readonly traverser: GraphTraverser
  readonly state: WorkflowState
  readonly options: InProcessOptions
  readonly inputs: FrameInputs
  readonly facts: RunFacts
  /** The abort controllers of attempts under way, once a handler asked for one. */
  protected usedControllers: AbortControllers | undefined
  private growth: SharedGrowth | undefined

  constructor(engine: Engine, traverser: GraphTraverser, state: WorkflowState, options: InProcessOptions) {
    this.engine = engine
    this.traverser = traverser
    this.state = state
    this.options = options
    state.bind(traverser.control, traverser.root)
    this.inputs = new FrameInputs(traverser.control, state)
    const publisher = new Publisher(state.runId, engine.clock, engine.eventBus, {
      keepsJournal: options.journal === true,
      seq: state.firstSeq,
      write: options.write,
    })
    this.facts = new RunFacts(traverser, publisher)
  }

  get control(): Control {
    return this.traverser.control
  }

  get graph(): CompiledGraph {
    return this.traverser.control.graph
  }

  get publisher(): Publisher {
    return this.facts.publisher
  }

  get runId(): string {
    return this.state.runId
  }

  get depth(): number {
    return this.options.depth ?? 0
  }

  /** An outcome as it counts: a failure, if something that has to be kept of it is too large to be stored. */
  protected committable(visit: Visit, outcome: Outcome): Outcome {
    if (outcome.status === 'suspended') {
      return this.options.write === undefined ? outcome : this.keepable(visit, outcome)
    }
    if (outcome.status !== 'completed') return outcome
    const { transformed } = outcome
    if (transformed !== undefined && transformed.size > 1 && this.options.write !== undefined) {
      const refused = this.refuseToWrite(transformed)
      if (refused !== undefined) return this.unkept(visit, 'end, since what the transforms of its edges give', refused)
    }
    if (outcome.writes === undefined || outcome.writes.length === 0) return outcome
    this.growth ??= new SharedGrowth(this.state.shared, this.engine)
    const error = this.growth.refuse(outcome.writes, nodeId(this.graph, visit.node))
    return error === undefined ? outcome : { status: 'failed', error }
  }

  /** What a visit waits for stands in the journal as one value: the items of a map, the inputs of child runs. */
  private keepable(visit: Visit, outcome: Outcome & { readonly status: 'suspended' }): Outcome {
    const refused = this.refuseToWrite(outcome.on)
    if (refused === undefined) return outcome
    const what = outcome.on.type === 'items' ? 'the items of the map' : 'what it waits for'
    return this.unkept(visit, `wait, since ${what}`, refused)
  }

  private unkept(visit: Visit, what: string, refused: HeddleError): Outcome {
    const id = nodeId(this.graph, visit.node)
    const message = `node "${id}" cannot ${what} cannot be kept in the run's journal; hand on less at a time, or store it aside and hand on where it lies: ${refused.message}`
    return {
      status: 'failed',
      error: new HeddleError(refused.code, message, { details: { ...refused.details, nodeId: id }, cause: refused }),
    }
  }

  /** The output of the run as its last event tells it. One that is put together of several may be too large to be written. */
  protected toldOutput(): unknown {
    const { output } = this.state.toResult(this.engine.serializer)
    const isOneValue = this.graph.blueprint.policy?.output !== undefined || terminalNodes(this.graph).length === 1
    if (this.options.write === undefined || isOneValue) return output
    const refused = this.refuseToWrite(output)
    if (refused === undefined) return output
    const message = `the output of the run is not told with its end, since it cannot be stored as one value; read the outputs of its nodes: ${refused.message}`
    this.facts.tell({ type: 'warning', code: 'OUTPUT_LEFT_OUT', message })
    return undefined
  }

  private refuseToWrite(value: unknown): HeddleError | undefined {
    try {
      this.engine.serializer.serialize(value)
      return undefined
    } catch (error) {
      return isHeddleError(error) ? error : new HeddleError('NOT_SERIALISABLE', String(error), { cause: error })
    }
  }

  get controllers(): AbortControllers {
    this.usedControllers ??= new AbortControllers()
    return this.usedControllers
  }
}

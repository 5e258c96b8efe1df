import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { Control } from '../../kernel/control.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { GraphTraverser } from '../../traversal/graph-traverser.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { AbortControllers } from '../attempt/abort-controllers.ts'
import type { Engine } from '../engine/engine.ts'
import { FrameInputs } from '../inputs/frame-inputs.ts'
import type { InProcessOptions } from '../engine/in-process-options.ts'
import { Publisher } from '../engine/publisher.ts'
import { RunFacts } from './run-facts.ts'
import { StorableOutcomes } from './storable-outcomes.ts'

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
  private outcomes: StorableOutcomes | undefined

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

  tell(fact: RunFact): void {
    this.facts.tell(fact)
  }

  publishLive(fact: RunFact): void {
    this.tell(fact)
  }

  /** An outcome as it counts; see `StorableOutcomes`. */
  protected committable(visit: Visit, outcome: Outcome): Outcome {
    const { status } = outcome
    if (status === 'failed' || status === 'skipped') return outcome
    if (status === 'completed' && outcome.writes === undefined && outcome.transformed === undefined) return outcome
    return this.storable.committable(visit, outcome)
  }

  protected get storable(): StorableOutcomes {
    this.outcomes ??= new StorableOutcomes(this)
    return this.outcomes
  }

  get controllers(): AbortControllers {
    this.usedControllers ??= new AbortControllers()
    return this.usedControllers
  }
}

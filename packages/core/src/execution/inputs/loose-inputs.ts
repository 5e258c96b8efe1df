import { compileGraph } from '../../graph/compile-graph.ts'
import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import { edgeGuard } from '../../graph/edge-keys.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import type { Engine } from '../engine/engine.ts'
import type { EdgeValues } from './node-input.ts'
import { SharedGrowth } from '../checks/shared-growth.ts'
import { StateInputs } from './state-inputs.ts'
import type { UndoneVisit, VisitInputs } from '../engine/visit-inputs.ts'

/**
 * The data of a run that a program drives node by node, without a traverser: outputs come from the state, and which edges were
 * taken from what `determineNextNodes` answered (a plain edge of a node with an output counts as taken).
 */
export class LooseRun {
  readonly state: WorkflowState
  private readonly taken: Map<number, boolean> = new Map()
  private readonly transformed: Map<number, unknown> = new Map()
  private growth: SharedGrowth | undefined

  constructor(state: WorkflowState) {
    this.state = state
  }

  /** An outcome as it counts: a failure, if what it adds to shared values makes one of them too large. */
  committable(nodeId: string, outcome: Outcome, engine: Engine): Outcome {
    if (outcome.status !== 'completed') return outcome
    this.growth ??= new SharedGrowth(this.state.shared, engine)
    const error = this.growth.refuse(outcome.writes ?? [], nodeId)
    return error === undefined ? outcome : { status: 'failed', error }
  }

  noteRoute(edge: number, isTaken: boolean): void {
    this.taken.set(edge, isTaken)
  }

  noteTransformed(edge: number, value: unknown): void {
    this.transformed.set(edge, value)
  }

  edgeValues(graph: CompiledGraph): EdgeValues {
    const sourceOf = (edge: number): string => (graph.nodes[graph.edgeSource[edge] as number] as { id: string }).id
    return {
      isTaken: (edge) =>
        this.taken.get(edge) ?? (graph.edgeGuards[edge] === edgeGuard.plain && this.state.hasOutput(sourceOf(edge))),
      value: (edge) => (this.transformed.has(edge) ? this.transformed.get(edge) : this.state.getOutput(sourceOf(edge))),
    }
  }
}

/** The inputs of one node whose input is handed to it. */
export class GivenInputs extends StateInputs implements VisitInputs {
  private readonly given: unknown
  private readonly givenDeps: Record<string, unknown>

  constructor(state: WorkflowState, given: unknown, deps: Record<string, unknown>) {
    super(state)
    this.given = given
    this.givenDeps = deps
  }

  input(_visit: Visit): unknown {
    return this.given
  }

  deps(_visit: Visit): Record<string, unknown> {
    return this.givenDeps
  }

  item(): unknown {
    return undefined
  }

  itemOutputs(): unknown[] {
    return []
  }

  itemError(): unknown {
    return undefined
  }

  error(): unknown {
    return undefined
  }

  undone(): UndoneVisit {
    return {
      isOutcomeKnown: false,
      hasInput: false,
      input: undefined,
      output: undefined,
      item: undefined,
      failure: undefined,
    }
  }
}

/** The compiled graph and index of a node. */
export function locate(blueprint: WorkflowBlueprint, nodeId: string): { graph: CompiledGraph; node: number } {
  const graph = compileGraph(blueprint)
  return { graph, node: graph.indexById.get(nodeId) ?? -1 }
}

import { HeddleError } from '../../errors/heddle-error.ts'
import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import { nextAttemptDelayMs } from '../../kernel/retry.ts'
import { routeCompleted } from '../../kernel/route-edges.ts'
import { markCode } from '../../kernel/status-codes.ts'
import { Visit } from '../../kernel/visit.ts'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../../model/blueprint.ts'
import type { CompletedOutcome, Outcome } from '../../model/outcome.ts'
import { GraphTraverser } from '../../traversal/graph-traverser.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { AbortControllers } from '../attempt/abort-controllers.ts'
import { AttemptContext, type AttemptHost } from '../attempt/attempt-context.ts'
import { CallBooks } from '../calls/call-books.ts'
import type { Engine } from '../engine/engine.ts'
import { evaluateEdges } from '../attempt/evaluate-edges.ts'
import { GivenInputs, LooseRun, locate } from '../inputs/loose-inputs.ts'
import { resolveDeps, resolveInput } from '../inputs/node-input.ts'
import { planOf, type NodePlan } from '../attempt/node-plan.ts'
import type { InProcessOptions } from '../engine/in-process-options.ts'
import { attemptOnce } from './attempt-once.ts'
import type { ExecutionServices, NodeExecution, NodeExecutorFactory } from '../engine/services.ts'

/** A node that is executed by itself. */
interface LooseVisit {
  readonly host: AttemptHost
  readonly visit: Visit
  readonly calls: CallBooks
  readonly plan: NodePlan
}

/**
 * The services of one run. What an orchestrator of Heddle's needs of them is the run's engine; a program that drives a run node by
 * node calls the methods.
 */
export class RunServices implements ExecutionServices {
  readonly options: ExecutionServices['options']
  readonly engine: Engine
  readonly runOptions: InProcessOptions
  private readonly state: WorkflowState
  private loose: LooseRun | undefined
  private factory: NodeExecutorFactory | undefined

  constructor(
    engine: Engine,
    state: WorkflowState,
    options: ExecutionServices['options'],
    runOptions: InProcessOptions,
  ) {
    this.engine = engine
    this.state = state
    this.options = options
    this.runOptions = runOptions
  }

  get executorFactory(): NodeExecutorFactory {
    this.factory ??= this.makeFactory()
    return this.factory
  }

  private makeFactory(): NodeExecutorFactory {
    return (blueprint) => (nodeId) => ({ execute: (input: unknown) => this.execute(blueprint, nodeId, input) })
  }

  private get run(): LooseRun {
    this.loose ??= new LooseRun(this.state)
    return this.loose
  }

  async resolveNodeInput(nodeId: string, blueprint: WorkflowBlueprint, _context: object): Promise<unknown> {
    return this.resolve(blueprint, nodeId)
  }

  async determineNextNodes(
    blueprint: WorkflowBlueprint,
    nodeId: string,
    result: { readonly output: unknown; readonly action?: string },
    _context: object,
  ): Promise<{ node: NodeDefinition; edge: EdgeDefinition }[]> {
    return this.nextNodes(blueprint, nodeId, result)
  }

  async applyEdgeTransform(
    edge: EdgeDefinition,
    result: { readonly output: unknown; readonly action?: string },
    _node: NodeDefinition,
    context: object,
  ): Promise<void> {
    this.transform(edge, result, context)
  }

  private locate(blueprint: WorkflowBlueprint, nodeId: string): { graph: CompiledGraph; visit: Visit } {
    const { graph, node } = locate(blueprint, nodeId)
    if (node === -1) {
      throw new HeddleError('UNKNOWN_NODE', `blueprint "${blueprint.id}" has no node "${nodeId}"`, {
        details: { nodeId, blueprintId: blueprint.id },
      })
    }
    return { graph, visit: new Visit(node, new GraphTraverser(blueprint).root) }
  }

  private resolve(blueprint: WorkflowBlueprint, nodeId: string): unknown {
    const { graph, visit } = this.locate(blueprint, nodeId)
    return resolveInput(graph, visit.frame, visit.node, this.run.edgeValues(graph), this.run.state.input)
  }

  /** The node as something to attempt: the visit, and what its attempts have in common. */
  private open(blueprint: WorkflowBlueprint, nodeId: string, input: unknown): LooseVisit {
    const { graph, visit } = this.locate(blueprint, nodeId)
    // A node that is executed by itself keeps what it recorded for its retries, and for nobody else.
    const calls = new CallBooks({ isCurrent: () => true, note: () => true })
    const deps = resolveDeps(graph, visit.frame, visit.node, this.run.edgeValues(graph))
    const host: AttemptHost = {
      engine: this.engine,
      graph,
      inputs: new GivenInputs(this.run.state, input, deps),
      controllers: new AbortControllers(),
      publishLive: () => undefined,
      calls,
      recordedCalls: (of) => calls.find(of),
    }
    return { host, visit, calls, plan: planOf(this.engine, graph, visit.node) }
  }

  /** Executes a node with all its retries; its shared values are committed if it succeeds. */
  private async execute(blueprint: WorkflowBlueprint, nodeId: string, input: unknown): Promise<NodeExecution> {
    const { host, visit, calls } = this.open(blueprint, nodeId, input)
    for (;;) {
      const outcome = this.run.committable(nodeId, await attemptOnce(host, visit), this.engine)
      if (outcome.status === 'completed') {
        this.run.state.shared.commit(outcome.writes ?? [])
        const { output, action } = outcome
        return { status: 'success', result: { output, ...(action === undefined ? {} : { action }) } }
      }
      if (outcome.status !== 'failed') return { status: 'failed', error: notDrivable(nodeId, outcome) }
      const delayMs = nextAttemptDelayMs(host.graph, visit, outcome.error, this.engine.random())
      if (delayMs === undefined) return { status: 'failed', error: outcome.error }
      visit.attempt++
      // The next attempt has a signal of its own; what this one wrote to shared values was dropped with its context.
      host.controllers.delete(visit)
      calls.retry(visit)
      await new Promise<void>((resolve) => {
        this.engine.clock.schedule(delayMs, resolve)
      })
    }
  }

  private nextNodes(
    blueprint: WorkflowBlueprint,
    nodeId: string,
    result: { readonly output: unknown; readonly action?: string },
  ): { node: NodeDefinition; edge: EdgeDefinition }[] {
    const { host, visit, plan } = this.open(blueprint, nodeId, undefined)
    const { graph } = host
    const context = new AttemptContext(host, visit, plan)
    const routed = evaluateEdges(context, completed(result))
    const start = graph.outStart[visit.node] as number
    const next: { node: NodeDefinition; edge: EdgeDefinition }[] = []
    for (let at = start; at < (graph.outStart[visit.node + 1] as number); at++) {
      const edge = graph.outEdges[at] as number
      const isTaken = routeCompleted(graph, edge, at - start, routed) === markCode.taken
      this.run.noteRoute(edge, isTaken)
      if (isTaken) {
        next.push({
          node: graph.nodes[graph.edgeTarget[edge] as number] as NodeDefinition,
          edge: graph.edges[edge] as EdgeDefinition,
        })
      }
    }
    for (const [ordinal, value] of routed.transformed ?? []) {
      this.run.noteTransformed(graph.outEdges[start + ordinal] as number, value)
    }
    return next
  }

  private transform(
    edge: EdgeDefinition,
    result: { readonly output: unknown; readonly action?: string },
    context: object,
  ): void {
    if (edge.transform === undefined) return
    const { output, action } = result
    const scope = { result: output, action, input: this.run.state.input, context }
    // Its value was recorded when the edge was found to be taken; evaluating it again tells a caller of a failing transform.
    this.engine.evaluator.compile(edge.transform).evaluate(scope)
  }
}

function completed({ output, action }: { readonly output: unknown; readonly action?: string }): CompletedOutcome {
  return { status: 'completed', output, action }
}

function notDrivable(nodeId: string, outcome: Outcome): HeddleError {
  return new HeddleError(
    'INVALID_STATE',
    `node "${nodeId}" is ${outcome.status}; an orchestrator that executes single nodes cannot go on with it`,
    {
      details: { nodeId, status: outcome.status },
    },
  )
}

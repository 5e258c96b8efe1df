import { HeddleError } from '../../errors/heddle-error.ts'
import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { EdgeDefinition, NodeDefinition } from '../../model/blueprint.ts'
import type { Handler } from '../../ports/node-context.ts'
import type { CompiledExpression } from '../../ports/evaluator.ts'
import { limitedKey } from '../../model/limited-key.ts'
import type { BuiltInNode, Engine } from '../engine/engine.ts'

/** An edge whose source has to evaluate something for it. */
export interface EdgePlan {
  /** Position among the source's outgoing edges. */
  readonly ordinal: number
  readonly edge: string
  readonly definition: EdgeDefinition
  readonly onError: boolean
  readonly action: string | undefined
  readonly condition: CompiledExpression | undefined
  readonly transform: CompiledExpression | undefined
}

/** All that an attempt of a node needs and that does not change from visit to visit. */
export interface NodePlan {
  /** The user's handler; of a built-in node `undefined`. */
  readonly handler: Handler | undefined
  readonly builtIn: BuiltInNode | undefined
  /** Decides whether the node runs at all once its join has fired. */
  readonly when: Handler | undefined
  readonly timeoutMs: number | undefined
  /** Compiled `inputs`: one expression, or one for each field. */
  readonly inputs: CompiledExpression | ReadonlyMap<string, CompiledExpression> | undefined
  readonly edges: readonly EdgePlan[]
  /** Whether an attempt is a plain call of the handler: no timeout, no `when`, no inputs, no edges to evaluate. */
  readonly simple: boolean
  /** The input is kept with the outcome: it will be needed if the visit is undone. */
  readonly keepsInput: boolean
  /** The handler undoes a visit; what it returns says nothing. */
  readonly undoes: boolean
}

/** Name of the param that holds the registry name of a node's `when`. */
const whenParam = '$when'

/** The plan of a node, made at its first visit. */
export function planOf(engine: Engine, graph: CompiledGraph, node: number): NodePlan {
  let plans = engine.plans.get(graph) as (NodePlan | undefined)[] | undefined
  if (plans === undefined) {
    plans = []
    engine.plans.set(graph, plans)
  }
  return (plans[node] ??= makePlan(engine, graph, node))
}

const noEdges: readonly EdgePlan[] = []

/** Plans of the nodes that are a plain call of a handler: one for all that use the same one. */
const barePlans: WeakMap<Engine, Map<string, NodePlan>> = new WeakMap()

function barePlan(engine: Engine, uses: string): NodePlan {
  let plans = barePlans.get(engine)
  if (plans === undefined) {
    plans = new Map()
    barePlans.set(engine, plans)
  }
  let plan = plans.get(uses)
  if (plan === undefined) {
    const handler = engine.handler(uses)
    const nothing = { builtIn: undefined, when: undefined, timeoutMs: undefined, inputs: undefined, edges: noEdges }
    plan = {
      handler,
      ...nothing,
      simple: engine.middleware.length === 0 && engine.replay === undefined,
      keepsInput: false,
      undoes: false,
    }
    plans.set(uses, plan)
  }
  return plan
}

function makePlan(engine: Engine, graph: CompiledGraph, node: number): NodePlan {
  const definition = graph.nodes[node] as NodeDefinition
  const builtIn = engine.builtIn(definition.uses)
  const when = definition.params?.[whenParam]
  const edges = edgePlans(engine, graph, node)
  const timeoutMs = definition.config?.timeoutMs
  const { inputs } = definition
  const keepsInput = definition.config?.compensate !== undefined
  const isBare =
    !isLimited(engine, definition) &&
    !keepsInput &&
    inputs === undefined &&
    typeof when !== 'string' &&
    timeoutMs === undefined &&
    edges.length === 0
  if (isBare && builtIn === undefined) return barePlan(engine, definition.uses)
  return {
    handler: builtIn === undefined ? engine.handler(definition.uses) : undefined,
    builtIn,
    when: typeof when === 'string' ? engine.handler(when) : undefined,
    timeoutMs,
    inputs: compileInputs(engine, definition),
    edges,
    simple: false,
    keepsInput,
    undoes: false,
  }
}

function isLimited({ permits }: Engine, node: NodeDefinition): boolean {
  return permits !== undefined && limitedKey(permits.limits, node, true) !== undefined
}

/** The plan of what undoes a visit of a node. @throws HeddleError `UNKNOWN_HANDLER` */
export function compensationPlan(engine: Engine, graph: CompiledGraph, node: number): NodePlan {
  const { builtIn, inputs, timeoutMs } = planOf(engine, graph, node)
  const handler = engine.handler(graph.nodes[node]?.config?.compensate ?? '')
  return {
    handler,
    builtIn,
    when: undefined,
    timeoutMs,
    inputs,
    edges: noEdges,
    simple: false,
    keepsInput: false,
    undoes: true,
  }
}

function compileInputs(engine: Engine, { inputs }: NodeDefinition): NodePlan['inputs'] {
  if (inputs === undefined) return undefined
  if (typeof inputs === 'string') return engine.evaluator.compile(inputs)
  return new Map(Object.entries(inputs).map(([field, text]) => [field, engine.evaluator.compile(text)]))
}

/** Plans of the outgoing edges that have something to evaluate, those that expansions added included. */
function edgePlans(engine: Engine, graph: CompiledGraph, node: number): readonly EdgePlan[] {
  let plans: EdgePlan[] | undefined
  const start = graph.outStart[node] as number
  for (let at = start; at < (graph.outStart[node + 1] as number); at++) {
    const edge = graph.outEdges[at] as number
    const definition = graph.edges[edge] as EdgeDefinition
    // The keys of all edges are made when one is asked for: most graphs ask for none.
    if (definition.condition === undefined && definition.transform === undefined) continue
    const plan = edgePlan(engine, definition, at - start, graph.edgeKey(edge))
    plans ??= []
    if (plan !== undefined) plans.push(plan)
  }
  return plans ?? noEdges
}

/** The plan of one edge, or `undefined` if nothing of it needs evaluation. */
export function edgePlan(
  engine: Engine,
  definition: EdgeDefinition,
  ordinal: number,
  edge: string,
): EdgePlan | undefined {
  const { condition, transform, on, action } = definition
  if (condition === undefined && transform === undefined) return undefined
  return {
    ordinal,
    edge,
    definition,
    onError: on === 'error',
    action,
    condition: condition === undefined ? undefined : compileFor(engine, condition, edge),
    transform: transform === undefined ? undefined : compileFor(engine, transform, edge),
  }
}

function compileFor(engine: Engine, text: string, edge: string): CompiledExpression {
  try {
    return engine.evaluator.compile(text)
  } catch (error) {
    throw new HeddleError(
      'EXPRESSION_INVALID',
      `edge "${edge}": ${error instanceof Error ? error.message : String(error)}`,
      {
        details: { edge, expression: text },
        cause: error,
      },
    )
  }
}

import { HeddleError } from '../../errors/heddle-error.ts'
import { edgeKeys } from '../../graph/edge-keys.ts'
import type { NodeDefinition } from '../../model/blueprint.ts'
import { describeKind } from '../../model/describe-kind.ts'
import type { ErrorData } from '../../model/error-data.ts'
import type { CompletedOutcome, FailedOutcome } from '../../model/outcome.ts'
import type { ExpressionScope } from '../../ports/evaluator.ts'
import type { AttemptContext } from './attempt-context.ts'
import { checkStorable, type ValuePlace } from '../checks/check-storable.ts'
import { expressionFailure } from './expression-failure.ts'
import { edgePlan, planOf, type EdgePlan } from './node-plan.ts'

/**
 * Evaluates the conditions and transforms of the edges that an outcome concerns: those of a success, or the error edges of a failure.
 * All are evaluated before any mark is written.
 *
 * @throws HeddleError `EXPRESSION_FAILED`, not retryable; `NOT_SERIALISABLE` or `LIMIT_EXCEEDED` for what a transform gives
 */
export function evaluateEdges<T extends CompletedOutcome | FailedOutcome>(
  context: AttemptContext,
  outcome: T,
  error?: ErrorData,
): T {
  const edges = concernedEdges(context, outcome)
  if (edges.length === 0) return outcome
  const isFailure = outcome.status === 'failed'
  const action = isFailure ? undefined : outcome.action
  const scope: ExpressionScope = {
    result: isFailure ? error : outcome.output,
    action,
    input: context.runInput,
    context: context.shared.toRecord(),
  }
  const conditions: (boolean | undefined)[] = []
  const transformed = new Map<number, unknown>()
  for (const edge of edges) {
    if (edge.onError !== isFailure || (edge.action !== undefined && edge.action !== action)) continue
    const taken = edge.condition === undefined ? undefined : evaluateCondition(context, edge, scope)
    conditions[edge.ordinal] = taken
    if (edge.transform === undefined || taken === false) continue
    const value = evaluate(context, edge, 'transform', scope)
    checkStorable(context.engine, value, () => transformOf(context, edge))
    transformed.set(edge.ordinal, value)
  }
  return { ...outcome, conditions, transformed: transformed.size === 0 ? undefined : transformed }
}

function transformOf({ nodeId }: AttemptContext, { edge }: EdgePlan): ValuePlace {
  return { what: `what the transform of edge "${edge}" gives`, details: { nodeId, edge, field: 'transform' } }
}

/** A fallback decides the edges of the node in whose place it runs; an expansion adds edges behind those of the node. */
function concernedEdges(context: AttemptContext, outcome: CompletedOutcome | FailedOutcome): readonly EdgePlan[] {
  const { visit, engine, graph } = context
  const own = visit.insteadOf === -1 ? context.plan.edges : planOf(engine, graph, visit.routes).edges
  if (outcome.status === 'failed' || outcome.expansion === undefined) return own
  // The edges of an expansion begin at the node that was expected to answer, also if a fallback answers in its place.
  const nodeId = (graph.nodes[visit.routes] as NodeDefinition).id
  const degree = (graph.outStart[visit.routes + 1] as number) - (graph.outStart[visit.routes] as number)
  const leaving = outcome.expansion.edges.filter(({ source }) => source === nodeId)
  const keys = edgeKeys(leaving)
  const added = leaving.map((edge, at) => edgePlan(engine, edge, degree + at, keys[at] as string))
  return [...own, ...added.filter((plan) => plan !== undefined)]
}

function evaluateCondition(context: AttemptContext, edge: EdgePlan, scope: ExpressionScope): boolean {
  const value = evaluate(context, edge, 'condition', scope)
  if (typeof value === 'boolean') return value
  const { nodeId } = context
  const { edge: key, definition } = edge
  const { condition: expression } = definition
  throw new HeddleError(
    'EXPRESSION_FAILED',
    `node "${nodeId}" cannot evaluate the condition of edge "${key}": ${JSON.stringify(expression)} gives ${describeKind(value)} instead of a boolean; compare it with something`,
    { details: { expression, nodeId, edge: key, field: 'condition' } },
  )
}

function evaluate(
  context: AttemptContext,
  edge: EdgePlan,
  field: 'condition' | 'transform',
  scope: ExpressionScope,
): unknown {
  try {
    return edge[field]?.evaluate(scope)
  } catch (error) {
    throw expressionFailure({ nodeId: context.nodeId, edge: edge.edge, field }, error)
  }
}

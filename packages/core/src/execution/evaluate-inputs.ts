import type { CompiledExpression, ExpressionScope } from '../ports/evaluator.ts'
import { expressionFailure } from './expression-failure.ts'
import type { NodePlan } from './node-plan.ts'

/** Evaluates the `inputs` of a node. @throws HeddleError `EXPRESSION_FAILED` */
export function evaluateInputs(
  nodeId: string,
  inputs: NonNullable<NodePlan['inputs']>,
  scope: ExpressionScope,
): unknown {
  if (!(inputs instanceof Map)) return evaluate({ nodeId, field: 'inputs' }, inputs as CompiledExpression, scope)
  const record = Object.create(null) as Record<string, unknown>
  for (const [field, expression] of inputs as ReadonlyMap<string, CompiledExpression>) {
    record[field] = evaluate({ nodeId, field: `inputs.${field}` }, expression, scope)
  }
  return record
}

function evaluate(
  place: { readonly nodeId: string; readonly field: string },
  expression: CompiledExpression,
  scope: ExpressionScope,
): unknown {
  try {
    return expression.evaluate(scope)
  } catch (error) {
    throw expressionFailure(place, error)
  }
}

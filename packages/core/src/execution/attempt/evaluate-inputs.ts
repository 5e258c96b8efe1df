import type { CompiledExpression, ExpressionScope } from '../../ports/evaluator.ts'
import { expressionFailure } from './expression-failure.ts'
import type { NodePlan } from './node-plan.ts'

/** Evaluates the `inputs` of a node. @throws HeddleError `EXPRESSION_FAILED` */
export function evaluateInputs(
  nodeId: string,
  inputs: NonNullable<NodePlan['inputs']>,
  scope: ExpressionScope,
): unknown {
  if (!(inputs instanceof Map)) return evaluate({ nodeId, field: 'inputs' }, inputs as CompiledExpression, scope)
  const fields = Array.from(inputs as ReadonlyMap<string, CompiledExpression>, ([field, expression]) => {
    return [field, evaluate({ nodeId, field: `inputs.${field}` }, expression, scope)] as const
  })
  // Whatever a field is named, it becomes one: an assignment to `__proto__` would not.
  return Object.fromEntries(fields)
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

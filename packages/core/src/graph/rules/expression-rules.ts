import { isHeddleError } from '../../errors/heddle-error.ts'
import type { HeddleError } from '../../errors/heddle-error.ts'
import type { EdgeDefinition } from '../../model/blueprint.ts'
import type { IEvaluator } from '../../ports/evaluator.ts'
import type { BlueprintFacts, ProblemPlace } from './blueprint-facts.ts'

/** Conditions, transforms and inputs that do not parse. */
export function checkExpressions(facts: BlueprintFacts, evaluator: IEvaluator): void {
  const check = (
    expression: string | undefined,
    label: (place: ProblemPlace) => string,
    placeOf: () => ProblemPlace,
  ): void => {
    const problem = expression === undefined ? undefined : problemOf(evaluator, expression)
    if (problem === undefined) return
    const place = placeOf()
    const { position } = problem.details
    const at = typeof position === 'number' ? { position } : {}
    facts.report('EXPRESSION_INVALID', `${label(place)}: ${problem.message}`, { ...place, ...at })
  }
  for (let edge = 0; edge < facts.edges.length; edge++) {
    const { condition, transform } = facts.edges[edge] as EdgeDefinition
    const placeOf = (): ProblemPlace => ({ edge: facts.edgeKey(edge) })
    check(condition, (place) => `Edge "${place.edge ?? ''}", condition`, placeOf)
    check(transform, (place) => `Edge "${place.edge ?? ''}", transform`, placeOf)
  }
  for (const { id, inputs } of facts.nodes) {
    if (inputs === undefined) continue
    const placeOf = (): ProblemPlace => ({ nodeId: id })
    const expressions: [field: string, expression: string][] =
      typeof inputs === 'string'
        ? [['inputs', inputs]]
        : Object.entries(inputs).map(([name, expression]) => [`inputs.${name}`, expression])
    for (const [field, expression] of expressions) check(expression, () => `Node "${id}", ${field}`, placeOf)
  }
}

/** The error of an expression that does not parse. */
function problemOf(evaluator: IEvaluator, expression: string): HeddleError | undefined {
  try {
    evaluator.compile(expression)
    return undefined
  } catch (error) {
    if (isHeddleError(error, 'EXPRESSION_INVALID')) return error
    throw error
  }
}

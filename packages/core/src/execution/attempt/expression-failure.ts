import { HeddleError, isHeddleError } from '../../errors/heddle-error.ts'

/** Where an expression stands. */
export interface ExpressionPlace {
  /** The node whose attempt evaluates it. */
  readonly nodeId: string
  /** Key of the edge whose condition or transform it is. */
  readonly edge?: string
  /** What it is for: `condition`, `transform`, `inputs` or `inputs.name`. */
  readonly field: string
}

/** The failure of an expression with the place where it stands, which the evaluator does not know. */
export function expressionFailure(place: ExpressionPlace, thrown: unknown): HeddleError {
  const { nodeId, edge, field } = place
  const what = edge === undefined ? `its ${field}` : `the ${field} of edge "${edge}"`
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  const details = isHeddleError(thrown) ? thrown.details : {}
  return new HeddleError('EXPRESSION_FAILED', `node "${nodeId}" cannot evaluate ${what}: ${reason}`, {
    details: { ...details, ...place },
    cause: thrown,
  })
}

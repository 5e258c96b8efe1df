/** What an expression can see. A variable that is absent or undefined is null inside the expression. */
export interface ExpressionScope {
  /** Output of the edge's source; on an error edge its error as plain data. */
  readonly result?: unknown
  /** Action of the source's result. */
  readonly action?: unknown
  /** Input of the run. */
  readonly input?: unknown
  /** The run's shared values by key. */
  readonly context?: unknown
  /** In `inputs` only: outputs of the predecessors by node id. */
  readonly deps?: unknown
}

/** An expression that was parsed and can be evaluated any number of times. */
export interface CompiledExpression {
  /** @throws HeddleError `EXPRESSION_FAILED`: a field is missing, types do not fit, a limit was passed. */
  evaluate(scope: ExpressionScope): unknown
}

/**
 * The language of conditions, transforms and inputs. The default is {@link CelEvaluator}. An implementation is pure: the same scope
 * gives the same value, nothing outside the scope can be read, nothing can be changed.
 */
export interface IEvaluator {
  /**
   * Parses an expression; cheap when called again with the same text.
   *
   * @throws HeddleError `EXPRESSION_INVALID` with `expression`, `position` (offset from 0), `line` and `column` (from 1) in its details
   */
  compile(expression: string): CompiledExpression
}

import { failure } from '../rejection.ts'
import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** An expression over a missing field or of a wrong type fails, and does not count as false. */
export const runTimeErrorsAreFailures: EvaluatorBehaviour = {
  name: 'an expression over a missing field or of a wrong type fails, and does not count as false',
  run: async ({ evaluator, expect }) => {
    for (const text of ['result.missing.field', 'result.n + "a"', 'result.n > "a"', 'unknown_function(1)']) {
      const error = failure(() => evaluator.compile(text).evaluate({ result: { n: 1 } }))
      expect(['EXPRESSION_FAILED', 'EXPRESSION_INVALID'].includes(error.code), text).toBe(true)
    }
  },
}

import { failure } from '../rejection.ts'
import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** An expression that is enormous is refused. */
export const structureIsLimited: EvaluatorBehaviour = {
  name: 'an expression that is enormous is refused',
  run: async ({ evaluator, expect }) => {
    const error = failure(() => evaluator.compile(`${'('.repeat(50_000)}1${')'.repeat(50_000)}`))
    expect(error.code.startsWith('EXPRESSION_') || error.code === 'LIMIT_EXCEEDED').toBe(true)
  },
}

import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** An Error in the scope is shown as plain data: name, message and code. */
export const errorsArePlainData: EvaluatorBehaviour = {
  name: 'an Error in the scope is shown as plain data: name, message and code',
  run: async ({ evaluator, expect }) => {
    const error = Object.assign(new TypeError('broken'), { code: 'E_X' })
    expect(evaluator.compile('result.name + result.message + result.code').evaluate({ result: error })).toBe(
      'TypeErrorbrokenE_X',
    )
  },
}

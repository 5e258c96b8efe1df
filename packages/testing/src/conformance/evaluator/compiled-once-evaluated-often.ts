import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** A compiled expression can be evaluated any number of times, and compiling it again is allowed. */
export const compiledOnceEvaluatedOften: EvaluatorBehaviour = {
  name: 'a compiled expression can be evaluated any number of times, and compiling it again is allowed',
  run: async ({ evaluator, expect }) => {
    const double = evaluator.compile('result + result')
    for (const n of [1, 2, 3]) expect(double.evaluate({ result: n })).toBe(2 * n)
    expect(evaluator.compile('result + result').evaluate({ result: 4 })).toBe(8)
  },
}

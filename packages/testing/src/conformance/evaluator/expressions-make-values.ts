import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** An expression makes values of any JSON type. */
export const expressionsMakeValues: EvaluatorBehaviour = {
  name: 'an expression makes values of any JSON type',
  run: async ({ evaluator, expect }) => {
    expect(evaluator.compile('{"all": [result.n, "text", true, null]}').evaluate({ result: { n: 1.5 } })).toEqual({
      all: [1.5, 'text', true, null],
    })
  },
}

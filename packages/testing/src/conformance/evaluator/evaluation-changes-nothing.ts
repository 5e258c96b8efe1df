import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** Evaluating changes nothing in the scope. */
export const evaluationChangesNothing: EvaluatorBehaviour = {
  name: 'evaluating changes nothing in the scope',
  run: async ({ evaluator, expect }) => {
    const scope = { result: { list: [3, 1, 2], record: { a: 1 } } }
    const before = JSON.stringify(scope)
    evaluator
      .compile('{"list": result.list + [4], "first": result.list[0], "some": result.list.exists(x, x > 2)}')
      .evaluate(scope)
    expect(JSON.stringify(scope)).toBe(before)
  },
}

import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** An expression sees result, action, input, context and deps. */
export const expressionsSeeTheirScope: EvaluatorBehaviour = {
  name: 'an expression sees result, action, input, context and deps',
  run: async ({ evaluator, expect }) => {
    const scope = { result: { n: 1 }, action: 'go', input: [2], context: { k: 'v' }, deps: { a: true } }
    expect(
      evaluator
        .compile('result.n == 1 && action == "go" && input[0] == 2 && context.k == "v" && deps.a')
        .evaluate(scope),
    ).toBe(true)
  },
}

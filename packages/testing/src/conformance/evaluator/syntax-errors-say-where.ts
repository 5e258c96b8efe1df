import { failure } from '../rejection.ts'
import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** An expression that does not parse is refused at once, with its position. */
export const syntaxErrorsSayWhere: EvaluatorBehaviour = {
  name: 'an expression that does not parse is refused at once, with its position',
  run: async ({ evaluator, expect }) => {
    for (const text of ['result >', 'a b', '(1', '', '"open']) {
      expect(
        failure(() => evaluator.compile(text)),
        text,
      ).toMatchObject({ code: 'EXPRESSION_INVALID', details: { expression: text } })
    }
    const { details } = failure(() => evaluator.compile('result > > 1'))
    expect([typeof details['position'], typeof details['line'], typeof details['column']]).toEqual([
      'number',
      'number',
      'number',
    ])
  },
}

import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** Arithmetic and comparison between JSON numbers and integer literals work. */
export const jsonNumbersAndIntegerLiteralsMix: EvaluatorBehaviour = {
  name: 'arithmetic and comparison between JSON numbers and integer literals work',
  run: async ({ evaluator, expect }) => {
    for (const [text, value] of [
      ['result + 1', 3],
      ['result * 2 == 4', true],
      ['result < 3', true],
      ['result - 1 >= 1', true],
    ] as const) {
      expect(Number(evaluator.compile(text).evaluate({ result: 2 })), text).toBe(Number(value))
    }
  },
}

import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** A variable that is absent or undefined is null. */
export const absentVariablesAreNull: EvaluatorBehaviour = {
  name: 'a variable that is absent or undefined is null',
  run: async ({ evaluator, expect }) => {
    expect(evaluator.compile('result == null && action == null && deps == null').evaluate({ result: undefined })).toBe(
      true,
    )
  },
}

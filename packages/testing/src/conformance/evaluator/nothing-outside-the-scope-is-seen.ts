import { failure } from '../rejection.ts'
import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** Globals cannot be read. */
export const nothingOutsideTheScopeIsSeen: EvaluatorBehaviour = {
  name: 'globals cannot be read',
  run: async ({ evaluator, expect }) => {
    for (const text of ['globalThis', 'process.env', 'Object', 'this', 'require("fs")']) {
      const error = failure(() => evaluator.compile(text).evaluate({}))
      expect(error.code.startsWith('EXPRESSION_'), text).toBe(true)
    }
  },
}

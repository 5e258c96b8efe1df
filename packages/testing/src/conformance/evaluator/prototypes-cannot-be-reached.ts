import type { EvaluatorBehaviour } from '../evaluator-harness.ts'

/** Prototypes and constructors cannot be reached. */
export const prototypesCannotBeReached: EvaluatorBehaviour = {
  name: 'prototypes and constructors cannot be reached',
  run: async ({ evaluator, expect }) => {
    for (const text of [
      'result.constructor',
      'result.__proto__',
      'result["constructor"]',
      'result.toString',
      'result.list.map',
      '"".constructor',
      'deps.constructor',
    ]) {
      const seen = valueOrNothing(() => evaluator.compile(text).evaluate({ result: { list: [1] }, deps: {} }))
      expect(seen === undefined || seen === null, text).toBe(true)
    }
  },
}

function valueOrNothing(evaluate: () => unknown): unknown {
  try {
    return evaluate()
  } catch {
    return undefined
  }
}

import type { IEvaluator } from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** What a behaviour of an evaluator works with. */
interface EvaluatorHarness {
  readonly expect: Expect
  readonly evaluator: IEvaluator
}

/** One behaviour that every evaluator of CEL has. */
export type EvaluatorBehaviour = Behaviour<EvaluatorHarness>

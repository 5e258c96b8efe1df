import type { IEvaluator } from '@heddle/core'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'
import { evaluatorBehaviours } from './evaluator-behaviours.ts'

/**
 * Registers the behaviours that every evaluator of CEL has.
 *
 * @param title names the implementation
 * @param createEvaluator makes a new one for each test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeEvaluator('MyEvaluator', () => new MyEvaluator(), { test: { describe, it, expect } })
 * ```
 */
export function describeEvaluator(
  title: string,
  createEvaluator: () => IEvaluator | Promise<IEvaluator>,
  options: SuiteOptions,
): void {
  registerBehaviours(title, evaluatorBehaviours, options, async () => ({
    harness: { expect: options.test.expect, evaluator: await createEvaluator() },
    close: async () => {},
  }))
}

import type { IEventBus } from '@heddle/core'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'
import { eventBusBehaviours } from './event-bus-behaviours.ts'

/**
 * Registers the behaviours that every event bus has.
 *
 * @param title names the implementation
 * @param createEventBus makes a new one for each test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeEventBus('MyEventBus', () => new MyEventBus(), { test: { describe, it, expect } })
 * ```
 */
export function describeEventBus(
  title: string,
  createEventBus: () => IEventBus | Promise<IEventBus>,
  options: SuiteOptions,
): void {
  registerBehaviours(title, eventBusBehaviours, options, async () => ({
    harness: { expect: options.test.expect, eventBus: await createEventBus() },
    close: async () => {},
  }))
}

import type { ISerializer } from '@heddle/core'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'
import { serializerBehaviours } from './serializer-behaviours.ts'

/**
 * Registers the behaviours that every serializer has.
 *
 * @param title names the implementation
 * @param createSerializer makes a new one for each test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeSerializer('MySerializer', () => new MySerializer(), { test: { describe, it, expect } })
 * ```
 */
export function describeSerializer(
  title: string,
  createSerializer: () => ISerializer | Promise<ISerializer>,
  options: SuiteOptions,
): void {
  registerBehaviours(title, serializerBehaviours, options, async () => ({
    harness: { expect: options.test.expect, serializer: await createSerializer() },
    close: async () => {},
  }))
}

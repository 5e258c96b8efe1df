import { systemClock, type IClock, type ICoordinationStore } from '@heddle/core'
import { coordinationStoreBehaviours } from './coordination-store-behaviours.ts'
import { createCoordinationStoreHarness } from './coordination-store-harness.ts'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'
import { testTime } from './test-time.ts'

/** Options of {@link describeCoordinationStore}. */
export interface CoordinationStoreSuiteOptions extends SuiteOptions {
  /**
   * Makes the clock of one test: `virtualClock` for a store that goes by the clock that it is given.
   * @default () => systemClock
   */
  readonly createClock?: () => IClock
  /** Lets go of what a store has opened. @default nothing */
  readonly closeStore?: (store: ICoordinationStore) => Promise<void>
}

/**
 * Registers the behaviours that every coordination store has: the operations of the protocol, each atomic and each safe to send
 * again. Every test uses ids of its own, so a store may be shared.
 *
 * @param title names the implementation
 * @param createStore opens a store for each test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeCoordinationStore('memoryCoordinationStore', (clock) => memoryCoordinationStore({ clock }), {
 *   test: { describe, it, expect },
 *   createClock: virtualClock,
 * })
 * ```
 */
export function describeCoordinationStore(
  title: string,
  createStore: (clock: IClock) => ICoordinationStore | Promise<ICoordinationStore>,
  options: CoordinationStoreSuiteOptions,
): void {
  const { test, createClock = () => systemClock, closeStore = async () => {} } = options
  registerBehaviours(title, coordinationStoreBehaviours, options, async () => {
    const clock = createClock()
    const store = await createStore(clock)
    const { pass } = testTime(clock)
    return { harness: createCoordinationStoreHarness(store, test.expect, pass), close: () => closeStore(store) }
  })
}

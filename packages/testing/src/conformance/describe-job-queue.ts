import { systemClock, type IClock, type IJobQueue } from '@heddle/core'
import { jobQueueBehaviours } from './job-queue-behaviours.ts'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'
import { testTime } from './test-time.ts'

/** Options of {@link describeJobQueue}. */
export interface JobQueueSuiteOptions extends SuiteOptions {
  /**
   * Makes the clock of one test: `virtualClock` for a queue that goes by the clock that it is given.
   * @default () => systemClock
   */
  readonly createClock?: () => IClock
}

/**
 * Registers the behaviours that every job queue has.
 *
 * @param title names the implementation
 * @param createQueue opens a new, empty queue for each test; it is closed at the end of the test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeJobQueue('memoryJobQueue', (clock) => memoryJobQueue({ clock }), { test: { describe, it, expect }, createClock: virtualClock })
 * ```
 */
export function describeJobQueue(
  title: string,
  createQueue: (clock: IClock) => IJobQueue | Promise<IJobQueue>,
  options: JobQueueSuiteOptions,
): void {
  const { test, createClock = () => systemClock } = options
  registerBehaviours(title, jobQueueBehaviours, options, async () => {
    const clock = createClock()
    const queue = await createQueue(clock)
    return { harness: { expect: test.expect, clock, queue, ...testTime(clock) }, close: () => queue.close() }
  })
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A consumer handles no more jobs at once than its concurrency. */
export const concurrencyOfAConsumerIsLimited: JobQueueBehaviour = {
  name: 'a consumer handles no more jobs at once than its concurrency',
  run: async ({ queue, until, sleep, expect }) => {
    let active = 0
    let most = 0
    let done = 0
    queue.consume(
      async () => {
        most = Math.max(most, ++active)
        await sleep(5)
        active--
        done++
      },
      { concurrency: 3 },
    )
    await queue.enqueue(Array.from({ length: 12 }, (_, at) => jobOf(`job-${at}`)))
    await until(() => done === 12)
    expect(most).toBe(3)
  },
}

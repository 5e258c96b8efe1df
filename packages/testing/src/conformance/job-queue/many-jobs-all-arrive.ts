import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Of a thousand jobs none is lost. */
export const manyJobsAllArrive: JobQueueBehaviour = {
  name: 'of a thousand jobs none is lost',
  run: async ({ queue, until, expect }) => {
    const taken = new Set<string>()
    queue.consume(async ({ id }) => void taken.add(id), { concurrency: 50 })
    for (let batch = 0; batch < 10; batch++) {
      await queue.enqueue(Array.from({ length: 100 }, (_, at) => jobOf(`job-${batch}-${at}`)))
    }
    await until(() => taken.size === 1000)
    expect(taken.size).toBe(1000)
  },
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A job with a delay is not handed out before it has passed, and others overtake it. */
export const delayedJobsComeLater: JobQueueBehaviour = {
  name: 'a job with a delay is not handed out before it has passed, and others overtake it',
  run: async ({ queue, until, clock, expect }) => {
    const taken: [string, number][] = []
    queue.consume(async ({ id }) => void taken.push([id, clock.now()]))
    const before = clock.now()
    await queue.enqueue([jobOf('late', { delayMs: 100 }), jobOf('now')])
    await until(() => taken.length === 2)
    expect(taken.map(([id]) => id)).toEqual(['now', 'late'])
    expect(Number(taken[1]?.[1]) - before >= 99).toBe(true)
  },
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** How often a job is sent again until it must have come. */
const mostSent = 100

/** A job that is sent again after it was handled is handed out again. */
export const jobsAreNeverLostToTheirTwins: JobQueueBehaviour = {
  name: 'a job that is sent again after it was handled is handed out again',
  run: async ({ queue, until, settle, expect }) => {
    const handled: string[] = []
    queue.consume(async ({ id }) => void handled.push(id))
    await queue.enqueue([jobOf('again')])
    await until(() => handled.length === 1)
    // The queue hears later than this of the end of the first: one that is sent before that has come twice, and may be dropped.
    for (let sent = 0; handled.length < 2 && sent < mostSent; sent++) {
      await queue.enqueue([jobOf('again')])
      await settle()
    }
    expect(handled.length >= 2).toBe(true)
  },
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A job that is sent again after it was handled is handed out again. */
export const jobsAreNeverLostToTheirTwins: JobQueueBehaviour = {
  name: 'a job that is sent again after it was handled is handed out again',
  run: async ({ queue, until, expect }) => {
    let handled = 0
    queue.consume(async () => void handled++)
    await queue.enqueue([jobOf('again')])
    await until(() => handled === 1)
    await queue.enqueue([jobOf('again')])
    await until(() => handled === 2)
    expect(handled).toBe(2)
  },
}

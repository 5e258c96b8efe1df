import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A job whose handler rejects is handed out again. */
export const rejectedJobsComeAgain: JobQueueBehaviour = {
  name: 'a job whose handler rejects is handed out again',
  run: async ({ queue, until, expect }) => {
    let tries = 0
    queue.consume(async () => {
      if (++tries < 3) throw new Error('not yet')
    })
    await queue.enqueue([jobOf('stubborn')])
    await until(() => tries === 3)
    expect(tries).toBe(3)
  },
}

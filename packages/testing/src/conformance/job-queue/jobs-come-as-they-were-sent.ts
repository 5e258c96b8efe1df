import type { RunJob } from '@heddle/core'
import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A job is handed out with everything that was sent. */
export const jobsComeAsTheyWereSent: JobQueueBehaviour = {
  name: 'a job is handed out with everything that was sent',
  run: async ({ queue, until, expect }) => {
    const job = jobOf('whole', {
      visit: { nodeId: 'a', iteration: [1, 2], item: 3, insteadOf: 'b' },
      dispatch: 7,
      priority: 2,
    })
    const taken: RunJob[] = []
    queue.consume(async (given) => void taken.push(given))
    await queue.enqueue([job])
    await until(() => taken.length > 0)
    expect(taken[0]).toMatchObject({ ...job })
  },
}

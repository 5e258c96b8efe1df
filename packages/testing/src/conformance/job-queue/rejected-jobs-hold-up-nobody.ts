import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A job that is rejected again and again does not keep others from being handled. */
export const rejectedJobsHoldUpNobody: JobQueueBehaviour = {
  name: 'a job that is rejected again and again holds up nobody',
  run: async ({ queue, until, expect }) => {
    const taken: string[] = []
    queue.consume(
      async ({ id }) => {
        if (id === 'broken') throw new Error('never')
        taken.push(id)
      },
      { concurrency: 1 },
    )
    await queue.enqueue([jobOf('broken'), ...Array.from({ length: 20 }, (_, at) => jobOf(`job-${at}`))])
    await until(() => taken.length === 20)
    expect(new Set(taken).size).toBe(20)
  },
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Jobs that were sent before anybody takes them are kept. */
export const jobsWaitForAConsumer: JobQueueBehaviour = {
  name: 'jobs that were sent before anybody takes them are kept',
  run: async ({ queue, until, expect }) => {
    await queue.enqueue([jobOf('a'), jobOf('b')])
    await queue.enqueue([jobOf('c')])
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 3)
    expect(taken.sort()).toEqual(['a', 'b', 'c'])
  },
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** What a consumer rejects while it is closed is not lost. */
export const jobsRejectedWhileClosingComeToOthers: JobQueueBehaviour = {
  name: 'a job that is rejected while its consumer is closed comes to another one',
  run: async ({ queue, until, sleep, expect }) => {
    let isTaken = false
    const consumer = queue.consume(async () => {
      isTaken = true
      await sleep(30)
      throw new Error('not here')
    })
    await queue.enqueue([jobOf('a')])
    await until(() => isTaken)
    let isClosed = false
    void consumer.close().then(() => {
      isClosed = true
    })
    await until(() => isClosed)
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 1)
    expect(taken).toEqual(['a'])
  },
}

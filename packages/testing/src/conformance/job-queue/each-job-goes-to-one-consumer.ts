import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Of several consumers one gets a job that is handled. */
export const eachJobGoesToOneConsumer: JobQueueBehaviour = {
  name: 'of several consumers one gets a job that is handled',
  run: async ({ queue, until, expect }) => {
    const taken: string[] = []
    for (let consumer = 0; consumer < 3; consumer++) queue.consume(async ({ id }) => void taken.push(id))
    const ids = Array.from({ length: 50 }, (_, at) => `job-${at}`)
    await queue.enqueue(ids.map((id) => jobOf(id)))
    await until(() => taken.length >= ids.length)
    expect(taken.sort()).toEqual([...ids].sort())
  },
}

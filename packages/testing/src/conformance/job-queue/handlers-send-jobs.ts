import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A handler may send jobs, and its own job again under another id. */
export const handlersSendJobs: JobQueueBehaviour = {
  name: 'a handler may send jobs: what follows from its job, and the job itself under another id',
  run: async ({ queue, until, expect }) => {
    const taken: string[] = []
    queue.consume(
      async ({ id }) => {
        taken.push(id)
        const step = taken.length
        if (step < 6) await queue.enqueue([jobOf(step % 2 === 0 ? 'job' : 'job/again', { delayMs: 1 })])
      },
      { concurrency: 1 },
    )
    await queue.enqueue([jobOf('job')])
    await until(() => taken.length === 6)
    expect(taken).toEqual(['job', 'job/again', 'job', 'job/again', 'job', 'job/again'])
  },
}

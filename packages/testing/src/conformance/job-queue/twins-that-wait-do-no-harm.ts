import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Sending a job again while it waits hands it out once or twice, never not at all. */
export const twinsThatWaitDoNoHarm: JobQueueBehaviour = {
  name: 'sending a job again while it waits hands it out once or twice, never not at all',
  run: async ({ queue, until, settle, expect }) => {
    await queue.enqueue([jobOf('twin')])
    await queue.enqueue([jobOf('twin'), jobOf('last')])
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id), { concurrency: 1 })
    await until(() => taken.includes('twin') && taken.includes('last'))
    await settle()
    const twins = taken.filter((id) => id === 'twin').length
    expect(twins >= 1 && twins <= 2).toBe(true)
  },
}

import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Of jobs that wait, those without a priority come first, then the smaller priorities. */
export const prioritiesComeFirst: JobQueueBehaviour = {
  name: 'of jobs that wait, those without a priority come first, then the smaller priorities',
  run: async ({ queue, until, expect }) => {
    await queue.enqueue([
      jobOf('low', { priority: 9 }),
      jobOf('high', { priority: 1 }),
      jobOf('none'),
      jobOf('middle', { priority: 5 }),
    ])
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id), { concurrency: 1 })
    await until(() => taken.length === 4)
    expect(taken).toEqual(['none', 'high', 'middle', 'low'])
  },
}

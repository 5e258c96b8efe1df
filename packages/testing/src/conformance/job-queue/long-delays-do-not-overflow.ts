import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Timers that count in 32 bits would hand out at once what is to come in a month. */
export const longDelaysDoNotOverflow: JobQueueBehaviour = {
  name: 'a job with a delay of 60 days is not handed out at once',
  run: async ({ queue, until, settle, expect }) => {
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await queue.enqueue([jobOf('late', { delayMs: 60 * 86_400_000 }), jobOf('part', { delayMs: 0.5 }), jobOf('now')])
    await until(() => taken.length === 2)
    await settle()
    expect(taken.sort()).toEqual(['now', 'part'])
  },
}

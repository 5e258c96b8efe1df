import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Jobs with ids of any form are handed out, each as it was sent. */
export const idsOfAnyFormAreToldApart: JobQueueBehaviour = {
  name: 'jobs with ids of any form and length are told apart, and come as they were sent',
  run: async ({ queue, until, expect }) => {
    const long = 'x'.repeat(10_000)
    const ids = ['7', '0', 'a:b', 'a:b:c', '{a}', '}{', ' ', 'ä/€', 'i/r/n@1.2[3]^f~/4', '__proto__', long, `${long}y`]
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await queue.enqueue(ids.map((id) => jobOf(id)))
    await until(() => taken.length >= ids.length)
    expect(taken.sort()).toEqual([...ids].sort())
  },
}

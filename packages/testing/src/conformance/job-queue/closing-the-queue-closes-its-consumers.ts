import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Closing a queue waits for what is under way; what is sent afterwards is dropped, since a sweeper sends it again. */
export const closingTheQueueClosesItsConsumers: JobQueueBehaviour = {
  name: 'closing a queue waits for the jobs under way; what is sent afterwards is dropped without an error',
  run: async ({ queue, until, sleep, settle, expect }) => {
    const events: string[] = []
    queue.consume(async ({ id }) => {
      events.push(`begin ${id}`)
      await sleep(30)
      await queue.enqueue([jobOf('next')])
      events.push(`end ${id}`)
    })
    await queue.enqueue([jobOf('a')])
    await until(() => events.length > 0)
    let isClosed = false
    void queue.close().then(() => {
      isClosed = true
    })
    await until(() => isClosed)
    await queue.enqueue([jobOf('late')])
    await settle()
    expect(events).toEqual(['begin a', 'end a'])
  },
}

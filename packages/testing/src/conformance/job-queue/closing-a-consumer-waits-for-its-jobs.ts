import { jobOf } from '../sample-jobs.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Closing a consumer waits for the jobs under way, and takes no more. */
export const closingAConsumerWaitsForItsJobs: JobQueueBehaviour = {
  name: 'closing a consumer waits for the jobs under way, and takes no more',
  run: async ({ queue, until, sleep, settle, expect }) => {
    const events: string[] = []
    const consumer = queue.consume(
      async ({ id }) => {
        events.push(`begin ${id}`)
        await sleep(30)
        events.push(`end ${id}`)
      },
      { concurrency: 1 },
    )
    await queue.enqueue([jobOf('a'), jobOf('b')])
    await until(() => events.length > 0)
    let isClosed = false
    void consumer.close().then(() => {
      isClosed = true
      events.push('closed')
    })
    await until(() => isClosed)
    await consumer.close()
    await settle()
    const first = events[0]?.slice('begin '.length) ?? ''
    expect(events).toEqual([`begin ${first}`, `end ${first}`, 'closed'])
    const rest: string[] = []
    queue.consume(async ({ id }) => void rest.push(id))
    await until(() => rest.length === 1)
    expect(rest).toEqual([first === 'a' ? 'b' : 'a'])
  },
}

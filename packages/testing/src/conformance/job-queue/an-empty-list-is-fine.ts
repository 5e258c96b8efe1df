import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** Sending no jobs does nothing. */
export const anEmptyListIsFine: JobQueueBehaviour = {
  name: 'sending no jobs does nothing',
  run: async ({ queue, settle, expect }) => {
    let handled = 0
    queue.consume(async () => void handled++)
    await queue.enqueue([])
    await settle()
    expect(handled).toBe(0)
  },
}

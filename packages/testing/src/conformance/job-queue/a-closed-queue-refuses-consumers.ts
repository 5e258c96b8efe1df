import { failure } from '../rejection.ts'
import type { JobQueueBehaviour } from '../job-queue-harness.ts'

/** A closed queue refuses consumers, and closing it again does nothing. */
export const aClosedQueueRefusesConsumers: JobQueueBehaviour = {
  name: 'a closed queue refuses consumers, and closing it again does nothing',
  run: async ({ queue, expect }) => {
    queue.consume(async () => {})
    await queue.close()
    await queue.close()
    expect(failure(() => queue.consume(async () => {}))).toMatchObject({ code: 'ALREADY_CLOSED' })
  },
}

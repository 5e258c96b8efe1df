import type { IClock, IJobQueue } from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'
import type { TestTime } from './test-time.ts'

/** What a behaviour of a job queue works with. */
interface JobQueueHarness extends TestTime {
  readonly expect: Expect
  readonly queue: IJobQueue
  readonly clock: IClock
}

/** One behaviour that every job queue has. */
export type JobQueueBehaviour = Behaviour<JobQueueHarness>

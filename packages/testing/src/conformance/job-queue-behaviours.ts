import { aClosedQueueRefusesConsumers } from './job-queue/a-closed-queue-refuses-consumers.ts'
import { anEmptyListIsFine } from './job-queue/an-empty-list-is-fine.ts'
import { closingAConsumerWaitsForItsJobs } from './job-queue/closing-a-consumer-waits-for-its-jobs.ts'
import { concurrencyOfAConsumerIsLimited } from './job-queue/concurrency-of-a-consumer-is-limited.ts'
import { delayedJobsComeLater } from './job-queue/delayed-jobs-come-later.ts'
import { eachJobGoesToOneConsumer } from './job-queue/each-job-goes-to-one-consumer.ts'
import { jobsAreNeverLostToTheirTwins } from './job-queue/jobs-are-never-lost-to-their-twins.ts'
import { jobsComeAsTheyWereSent } from './job-queue/jobs-come-as-they-were-sent.ts'
import { jobsWaitForAConsumer } from './job-queue/jobs-wait-for-a-consumer.ts'
import { manyJobsAllArrive } from './job-queue/many-jobs-all-arrive.ts'
import { rejectedJobsComeAgain } from './job-queue/rejected-jobs-come-again.ts'
import { twinsThatWaitDoNoHarm } from './job-queue/twins-that-wait-do-no-harm.ts'
import type { JobQueueBehaviour } from './job-queue-harness.ts'

/** What every job queue does. */
export const jobQueueBehaviours: readonly JobQueueBehaviour[] = [
  jobsComeAsTheyWereSent,
  jobsWaitForAConsumer,
  eachJobGoesToOneConsumer,
  concurrencyOfAConsumerIsLimited,
  rejectedJobsComeAgain,
  delayedJobsComeLater,
  jobsAreNeverLostToTheirTwins,
  twinsThatWaitDoNoHarm,
  closingAConsumerWaitsForItsJobs,
  aClosedQueueRefusesConsumers,
  manyJobsAllArrive,
  anEmptyListIsFine,
]

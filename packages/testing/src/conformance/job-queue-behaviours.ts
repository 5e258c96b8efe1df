import { aClosedQueueRefusesConsumers } from './job-queue/a-closed-queue-refuses-consumers.ts'
import { anEmptyListIsFine } from './job-queue/an-empty-list-is-fine.ts'
import { closingAConsumerWaitsForItsJobs } from './job-queue/closing-a-consumer-waits-for-its-jobs.ts'
import { closingTheQueueClosesItsConsumers } from './job-queue/closing-the-queue-closes-its-consumers.ts'
import { concurrencyOfAConsumerIsLimited } from './job-queue/concurrency-of-a-consumer-is-limited.ts'
import { delayedJobsComeLater } from './job-queue/delayed-jobs-come-later.ts'
import { eachJobGoesToOneConsumer } from './job-queue/each-job-goes-to-one-consumer.ts'
import { handlersSendJobs } from './job-queue/handlers-send-jobs.ts'
import { idsOfAnyFormAreToldApart } from './job-queue/ids-of-any-form-are-told-apart.ts'
import { jobsAreNeverLostToTheirTwins } from './job-queue/jobs-are-never-lost-to-their-twins.ts'
import { jobsComeAsTheyWereSent } from './job-queue/jobs-come-as-they-were-sent.ts'
import { jobsRejectedWhileClosingComeToOthers } from './job-queue/jobs-rejected-while-closing-come-to-others.ts'
import { jobsWaitForAConsumer } from './job-queue/jobs-wait-for-a-consumer.ts'
import { longDelaysDoNotOverflow } from './job-queue/long-delays-do-not-overflow.ts'
import { manyJobsAllArrive } from './job-queue/many-jobs-all-arrive.ts'
import { prioritiesComeFirst } from './job-queue/priorities-come-first.ts'
import { rejectedJobsComeAgain } from './job-queue/rejected-jobs-come-again.ts'
import { rejectedJobsHoldUpNobody } from './job-queue/rejected-jobs-hold-up-nobody.ts'
import { twinsThatWaitDoNoHarm } from './job-queue/twins-that-wait-do-no-harm.ts'
import type { JobQueueBehaviour } from './job-queue-harness.ts'

/** What every job queue does. */
export const jobQueueBehaviours: readonly JobQueueBehaviour[] = [
  jobsComeAsTheyWereSent,
  jobsWaitForAConsumer,
  eachJobGoesToOneConsumer,
  concurrencyOfAConsumerIsLimited,
  rejectedJobsComeAgain,
  rejectedJobsHoldUpNobody,
  delayedJobsComeLater,
  longDelaysDoNotOverflow,
  prioritiesComeFirst,
  jobsAreNeverLostToTheirTwins,
  twinsThatWaitDoNoHarm,
  idsOfAnyFormAreToldApart,
  handlersSendJobs,
  closingAConsumerWaitsForItsJobs,
  jobsRejectedWhileClosingComeToOthers,
  closingTheQueueClosesItsConsumers,
  aClosedQueueRefusesConsumers,
  manyJobsAllArrive,
  anEmptyListIsFine,
]

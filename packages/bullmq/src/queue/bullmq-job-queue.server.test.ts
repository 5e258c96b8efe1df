import { describeJobQueue } from '@heddle/testing/conformance'
import { describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'

describeJobQueue(
  'bullmqJobQueue',
  () => bullmqJobQueue({ url: redisUrl(), prefix: uniquePrefix(), redeliverAfterMs: 100 }),
  {
    test: { describe, it, expect },
  },
)

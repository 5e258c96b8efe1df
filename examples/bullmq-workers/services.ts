import { bullmqJobQueue, redisCoordinationStore } from '@heddle/bullmq'
import { consoleLogger } from '@heddle/core'

/** What a process needs to take part: the records of runs, and the queue that wakes workers. */
export function openServices(serves: readonly string[] = ['default']) {
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
  const prefix = process.env['HEDDLE_PREFIX'] ?? 'heddle'
  const logger = consoleLogger({ level: 'warn' })
  const store = redisCoordinationStore({ url, prefix, logger })
  const queue = bullmqJobQueue({ url, prefix, serves, drain: { withinMs: 5000 }, stalledAfterMs: 2000, logger })
  return {
    store,
    queue,
    close: async (): Promise<void> => {
      await queue.close()
      await store.close()
    },
  }
}

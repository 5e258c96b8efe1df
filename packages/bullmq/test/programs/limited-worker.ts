import { createWorker, type NodeContext, type WorkflowBlueprint } from '@heddle/core'
import { Redis } from 'ioredis'
import { bullmqJobQueue } from '../../src/queue/bullmq-job-queue.ts'
import { redisCoordinationStore } from '../../src/store/redis-coordination-store.ts'

/**
 * A worker of nodes that share a key with some permits. It notes when attempts begin and end, and gives them up at once when it is told to
 * end. Arguments: address, prefix, its name, how many permits there are, how long attempts take in ms, lease in ms.
 */
const [url = '', prefix = '', name = '', concurrency = '2', takesMs = '100', leaseMs = '2000'] = process.argv.slice(2)
const redis = new Redis(url)

const printing: WorkflowBlueprint = {
  id: 'printing',
  nodes: [{ id: 'print', uses: 'print', config: { concurrencyKey: 'press' } }],
  edges: [],
}

createWorker({
  store: redisCoordinationStore({ url, prefix }),
  queue: bullmqJobQueue({ url, prefix: `${prefix}-queue`, drain: { withinMs: 0, signals: ['SIGTERM'] } }),
  blueprints: [printing],
  registry: {
    print: async ({ runId, signal }: NodeContext) => {
      await redis.rpush(`${prefix}:log`, `begin ${name} ${runId}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Number(takesMs))
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      })
      await redis.rpush(`${prefix}:log`, `end ${name} ${runId}`)
    },
  },
  keyLimits: { press: { concurrency: Number(concurrency) } },
  limits: { leaseMs: Number(leaseMs), resendAfterMs: 2000 },
})
process.stdout.write('works\n')

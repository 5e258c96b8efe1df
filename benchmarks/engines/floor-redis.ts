import { Queue, Worker } from 'bullmq'
import { startRedis } from '../../packages/bullmq/test/redis-server.ts'
import { RedisCosts } from '../redis-costs.ts'
import type { DistributedLoad, DistributedRun } from './contract.ts'
import { noop } from './contract.ts'

/** How many jobs are sent in one go. */
const jobsAtOnce = 500

/** As many jobs as there are nodes, handed to BullMQ at once and handled by nobody: no order, no state, no outputs. */
export async function prepareDistributed(load: DistributedLoad): Promise<DistributedRun> {
  const { graph, runs, workers, concurrency } = load
  const server = await startRedis()
  const costs = new RedisCosts(server.url)
  const count = runs * graph.nodeIds.length
  const connection = { url: server.url, maxRetriesPerRequest: null }
  const queue = new Queue('floor', { connection, skipVersionCheck: true })
  let done = 0
  let finish = (): void => undefined
  const all = Array.from(
    { length: workers },
    () =>
      new Worker(
        'floor',
        async () => {
          const answer = await noop()
          done += answer
          if (done === count) finish()
          return answer
        },
        { connection, concurrency },
      ),
  )
  await Promise.all(all.map((worker) => worker.waitUntilReady()))
  return {
    run: () =>
      costs.during(async () => {
        done = 0
        const end = new Promise<void>((resolve) => {
          finish = resolve
        })
        const jobs = Array.from({ length: count }, (_, at) => ({
          name: 'node',
          data: { at },
          opts: { removeOnComplete: true, removeOnFail: true },
        }))
        for (let at = 0; at < count; at += jobsAtOnce) await queue.addBulk(jobs.slice(at, at + jobsAtOnce))
        await end
        return done
      }),
    note: () => costs.told(count),
  }
}

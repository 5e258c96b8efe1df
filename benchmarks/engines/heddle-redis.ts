import { bullmqJobQueue, redisCoordinationStore } from '@heddle/bullmq'
import type { RedisCoordinationStore } from '@heddle/bullmq'
import { createWorker, FlowRuntime } from '@heddle/core'
import type { RunHandle, WorkflowBlueprint } from '@heddle/core'
import { startRedis } from '../../packages/bullmq/test/redis-server.ts'
import { RedisCosts } from '../redis-costs.ts'
import type { DistributedLoad, DistributedRun } from './contract.ts'
import { noop } from './contract.ts'

/** How many runs a client starts at a time. */
const startsAtOnce = 50

/** Runs as an application distributes them: a client and workers, with a store and a queue on one Redis, all of this process. */
export async function prepareDistributed(load: DistributedLoad): Promise<DistributedRun> {
  const { graph, runs, workers, concurrency, continues } = load
  const { nodeIds, edges } = graph
  const server = await startRedis()
  const costs = new RedisCosts(server.url)
  let ended = 0
  let finish = (): void => undefined
  const store = redisCoordinationStore({ url: server.url })
  const watched = tellingEnds(store, () => {
    if (++ended === runs) finish()
  })
  const queue = bullmqJobQueue({ url: server.url })
  let done = 0
  const step = async (): Promise<number> => {
    done++
    return noop()
  }
  const registry = { step }
  const blueprint: WorkflowBlueprint = {
    id: graph.id,
    nodes: nodeIds.map((id) => ({ id, uses: 'step' })),
    edges: edges.map(([source, target]) => ({ source: nodeIds[source] ?? '', target: nodeIds[target] ?? '' })),
  }
  for (let count = 0; count < workers; count++) {
    createWorker({
      blueprints: [blueprint],
      registry,
      store: watched,
      queue,
      concurrency,
      continueInWorker: continues,
    })
  }
  const runtime = new FlowRuntime({ registry, store, queue })
  let started: RunHandle[] = []
  return {
    run: () =>
      costs.during(async () => {
        started = []
        ended = 0
        done = 0
        const end = new Promise<void>((resolve) => {
          finish = resolve
        })
        const startMore = async (): Promise<void> => {
          for (let left = runs / startsAtOnce; left > 0 && started.length < runs; left--) {
            started.push(await runtime.start(blueprint, undefined))
          }
        }
        await Promise.all(Array.from({ length: Math.min(startsAtOnce, runs) }, startMore))
        await end
        return done
      }),
    note: () => costs.told(runs * nodeIds.length, runs),
    verify: async () => {
      for (const handle of started) {
        const { status, outputs } = await handle.result()
        if (status !== 'completed') throw new Error(`a run ended ${status}`)
        if (nodeIds.some((id) => outputs[id] !== 1)) throw new Error('an output is missing')
      }
    },
  }
}

/** The same store, which tells of every run that ends. */
function tellingEnds(store: RedisCoordinationStore, onEnd: () => void): RedisCoordinationStore {
  const told = Object.create(store) as RedisCoordinationStore
  told.commit = async (...given) => {
    const reply = await store.commit(...given)
    if (reply.status === 'committed' && reply.ended === true) onEnd()
    return reply
  }
  told.settle = async (...given) => {
    const reply = await store.settle(...given)
    if (reply.status === 'committed' && reply.ended === true) onEnd()
    return reply
  }
  return told
}

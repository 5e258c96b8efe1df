import { BullMQAdapter, RedisContext, RedisCoordinationStore } from '@flowcraft/bullmq-adapter'
import { Queue } from 'bullmq-5'
import { NullLogger } from 'flowcraft'
import type { NodeRegistry, WorkflowBlueprint } from 'flowcraft'
import { Redis } from 'ioredis-5'
import { startRedis } from '../../packages/bullmq/test/redis-server.ts'
import { predecessorsOf } from '../graph.ts'
import { RedisCosts } from '../redis-costs.ts'
import type { DistributedLoad, DistributedRun } from './contract.ts'
import { noop } from './contract.ts'
import { describe } from './flowcraft-blueprint.ts'

/** How many runs a client starts at a time. */
const startsAtOnce = 50

/** Attempts at one time in one of its workers: it has no option for that. */
const fixedConcurrency = 5

/** How long all runs of a call may take, in milliseconds: what has not ended by then is taken for lost. */
const patienceMs = 120_000

/** What a worker is made of. */
interface WorkerParts {
  readonly url: string
  readonly queueName: string
  readonly blueprint: WorkflowBlueprint
  readonly registry: NodeRegistry
  /** Hears of every final status that this worker has written. */
  readonly onEnd?: (runId: string, status: string) => void
}

/** A worker of npm `@flowcraft/bullmq-adapter`, silent, with the options that it has when it is told nothing. */
export class FlowcraftWorker extends BullMQAdapter {
  private readonly onEnd: (runId: string, status: string) => void

  constructor({ url, queueName, blueprint, registry, onEnd = () => undefined }: WorkerParts) {
    const connection = new Redis(url, { maxRetriesPerRequest: null })
    super({
      connection,
      queueName,
      coordinationStore: new RedisCoordinationStore(connection),
      runtimeOptions: { blueprints: { [blueprint.id]: blueprint }, registry, logger: new NullLogger() },
    })
    this.onEnd = onEnd
  }

  protected override async publishFinalResult(runId: string, result: { readonly status: string }): Promise<void> {
    await super.publishFinalResult(runId, result)
    this.onEnd(runId, result.status)
  }
}

/** Starts runs as its workers expect them: it has no client, so the state and the first jobs are written by hand. */
export class FlowcraftClient {
  private readonly redis: Redis
  private readonly queue: Queue

  constructor(url: string, queueName: string) {
    this.redis = new Redis(url, { maxRetriesPerRequest: null })
    this.queue = new Queue(queueName, { connection: this.redis })
  }

  /** Starts a run at one node. */
  async start(runId: string, blueprintId: string, nodeId: string): Promise<void> {
    // A run whose blueprint has no version must say so, or its jobs are dropped.
    await this.contextOf(runId).set('blueprintVersion', null)
    await this.queue.add('executeNode', { runId, blueprintId, nodeId }, { jobId: `${runId}_${nodeId}` })
  }

  /** What is kept of a run. */
  contextOf(runId: string): RedisContext {
    return new RedisContext(this.redis, runId)
  }
}

/** Runs on as many of its workers as it takes to make so many attempts at one time, all of this process. */
export async function prepareDistributed(load: DistributedLoad): Promise<DistributedRun> {
  const { graph, runs, workers, concurrency, continues } = load
  if (continues) throw new Error('has no successors that a worker continues with')
  const server = await startRedis()
  const costs = new RedisCosts(server.url, Redis)
  const place = { url: server.url, queueName: 'flowcraft-queue' }
  const blueprint = describe(graph)
  const roots = predecessorsOf(graph).flatMap(({ length }, at) => (length === 0 ? [graph.nodeIds[at] ?? ''] : []))
  let done = 0
  const step = async (): Promise<{ output: number }> => {
    done++
    return { output: await noop() }
  }
  const ends = new Ends()
  for (let count = 0; count < (workers * concurrency) / fixedConcurrency; count++) {
    new FlowcraftWorker({ ...place, blueprint, registry: { step }, onEnd: ends.tell }).start()
  }
  const client = new FlowcraftClient(place.url, place.queueName)
  let calls = 0
  let started: string[] = []
  return {
    run: () =>
      costs.during(async () => {
        done = 0
        calls++
        started = Array.from({ length: runs }, (_, at) => `run-${calls}-${at}`)
        const end = ends.of(started)
        const waiting = started.values()
        const startMore = async (): Promise<void> => {
          for (const runId of waiting) for (const root of roots) await client.start(runId, blueprint.id, root)
        }
        await Promise.all(Array.from({ length: Math.min(startsAtOnce, runs) }, startMore))
        await end
        return done
      }),
    note: () => costs.told(runs * graph.nodeIds.length, runs),
    verify: async () => {
      for (const runId of started) {
        const state = await client.contextOf(runId).toJSON()
        if (graph.nodeIds.some((id) => state[`_outputs.${id}`] !== 1)) throw new Error('an output is missing')
      }
    },
  }
}

/** Waits for the ends of runs, and not for ever. */
class Ends {
  private readonly open = new Set<string>()
  private finish: () => void = () => undefined

  /** A run has got a final status. */
  readonly tell = (runId: string, status: string): void => {
    if (status === 'completed' && this.open.delete(runId) && this.open.size === 0) this.finish()
  }

  /** Resolves when all have completed. @throws Error if that takes too long */
  of(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) this.open.add(runId)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const ended = runIds.length - this.open.size
        reject(new Error(`${ended} of ${runIds.length} runs completed within ${patienceMs / 1000} s`))
      }, patienceMs)
      this.finish = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

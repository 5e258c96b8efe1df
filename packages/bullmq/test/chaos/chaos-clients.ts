import { FlowRuntime, isHeddleError, type Workflow, type WorkflowResult, type RunEvent } from '@heddle/core'
import { Redis } from 'ioredis'
import { bullmqJobQueue, redisCoordinationStore, type RedisCoordinationStore } from '../../src/index.ts'
import { lossyClient } from '../lossy-client.ts'
import { answerTo, chaosHandlers } from './chaos-handlers.ts'
import { chaosFlows } from './chaos-flows.ts'
import { inputCount } from './reference-runs.ts'
import { within } from '../../src/connection/within.ts'
import { pause } from './worker-fleet.ts'

/** A run to be started: which of the workflows, with which input. */
export interface ChaosRun {
  readonly runId: string
  readonly workflow: number
  readonly n: number
}

/** What the records say of a run that has ended. */
export interface FinishedRun {
  readonly result: WorkflowResult
  readonly journal: readonly RunEvent[]
}

/** Runs of all workflows and inputs in turn. */
export function chaosRuns(count: number, workflows: number): ChaosRun[] {
  return Array.from({ length: count }, (_, at) => ({
    runId: `run-${at}`,
    workflow: at % workflows,
    n: Math.floor(at / workflows) % inputCount,
  }))
}

/** Clients that start runs, answer their waits, and come back until the runs have ended. */
export class ChaosClients {
  /** How often a run was started, answers were accepted, and operations failed. */
  readonly counts: { starts: number; answers: number; failures: number } = { starts: 0, answers: 0, failures: 0 }
  readonly workflows: readonly Workflow[]
  private readonly redis: Redis
  private readonly store: RedisCoordinationStore
  private readonly queue: ReturnType<typeof bullmqJobQueue>
  private readonly runtime: FlowRuntime

  /** @param share of the scripts that are sent twice */
  constructor(url: string, prefix: string, share: number) {
    this.redis = new Redis(url, { maxRetriesPerRequest: null })
    this.redis.on('error', () => {})
    this.store = redisCoordinationStore({ client: lossyClient(this.redis, share), prefix, retention: false })
    this.queue = bullmqJobQueue({ url, prefix })
    this.workflows = chaosFlows(chaosHandlers(() => {}, 0))
    this.runtime = new FlowRuntime({ store: this.store, queue: this.queue })
  }

  private workflowOf({ workflow }: ChaosRun): Workflow {
    return this.workflows[workflow] as Workflow
  }

  /**
   * Starts a run if the store does not know it (yet, or any more), answers its waits, until it has ended.
   *
   * @returns whether it has ended in time
   */
  async follow(run: ChaosRun, limitMs: number): Promise<boolean> {
    const end = Date.now() + limitMs
    while (Date.now() < end) {
      try {
        const head = await this.store.readRun(run.runId)
        if (head === undefined) await this.start(run)
        else if (head.status !== 'live') return true
        else await this.answer(run)
      } catch (error) {
        if (!isHeddleError(error)) throw error
        this.counts.failures++
      }
      await pause(150 + Math.random() * 100)
    }
    return false
  }

  private async start(run: ChaosRun): Promise<void> {
    const { runId, n } = run
    await this.runtime.start(this.workflowOf(run), { r: runId, n }, { runId })
    this.counts.starts++
  }

  private async answer(run: ChaosRun): Promise<void> {
    const handle = this.runtime.open(this.workflowOf(run), run.runId)
    for (const { waitId } of await handle.waits()) {
      try {
        await handle.resume(waitId as `${string}:${string}`, answerTo(run.runId, waitId))
        this.counts.answers++
      } catch (error) {
        // Somebody was faster: the same command, sent twice.
        if (!isHeddleError(error, 'WAIT_NOT_OPEN') && !isHeddleError(error, 'WAIT_ANSWERED')) throw error
      }
    }
  }

  /** What a run that has ended came to, and its journal; `undefined` if that cannot be read in time. */
  async read(run: ChaosRun, limitMs: number): Promise<FinishedRun | undefined> {
    const handle = this.runtime.open(this.workflowOf(run), run.runId)
    const reading = Promise.all([handle.result(), handle.journal()])
    const read = await within(reading, limitMs)
    return read.isInTime ? { result: read.value[0], journal: read.value[1] } : undefined
  }

  /** Why a run does not end, or cannot be read. */
  async explain(run: ChaosRun, limitMs: number): Promise<string> {
    const explained = await within(this.describe(run), limitMs)
    return explained.isInTime ? explained.value : 'the store does not answer'
  }

  private async describe(run: ChaosRun): Promise<string> {
    if ((await this.store.readRun(run.runId)) === undefined) return 'the store does not know it'
    return JSON.stringify(await this.runtime.open(this.workflowOf(run), run.runId).explain())
  }

  async close(): Promise<void> {
    await this.queue.close()
    await this.store.close()
    this.redis.disconnect()
  }
}

import { defaultLimits } from '../actor/actor-options.ts'
import { EngineDefinitions } from '../actor/engine-definitions.ts'
import { RunActor } from '../actor/run-actor.ts'
import { cancelRun, isAtRest, readOpenWaits, resumeRun } from '../actor/run-requests.ts'
import { startRun } from '../actor/start-run.ts'
import { EventFeed, readEvents } from '../actor/event-feed.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { RunHead } from '../ports/run-records.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import { Worker } from './worker.ts'

/** A run to carry out in this process. */
export interface LocalRunOptions {
  readonly engine: Engine
  readonly blueprint: WorkflowBlueprint
  readonly runId: string
  readonly input: unknown
  readonly context: Readonly<Record<string, unknown>>
  readonly onFailure: FailurePolicy
  readonly deadlineMs?: number | undefined
  /** How many attempts may run at once. */
  readonly concurrency: number
  /** How many workers share the run. @default 1 */
  readonly workers?: number
  /** @default a store and a queue in this process */
  readonly store?: ICoordinationStore | undefined
  readonly queue?: IJobQueue | undefined
  /** Is told of the run's events and of its child runs'. */
  readonly onEvents?: ((events: readonly RunEvent[]) => void) | undefined
}

/** One run, carried out by the distributed protocol over a store and a queue in this process. */
export class LocalRun {
  readonly runId: string
  private readonly options: LocalRunOptions
  private readonly store: ICoordinationStore
  private readonly queue: IJobQueue
  private readonly definitions: EngineDefinitions = new EngineDefinitions()
  private readonly workers: Worker[] = []
  private readonly feed: EventFeed | undefined
  private head: RunHead | undefined
  private looking: Promise<void> | undefined
  private isStale = false
  private whenAtRest: (head: RunHead) => void = () => undefined

  constructor(options: LocalRunOptions) {
    const { clock } = options.engine
    this.options = options
    this.runId = options.runId
    this.store = options.store ?? memoryCoordinationStore({ clock })
    const { onEvents } = options
    this.feed = onEvents === undefined ? undefined : new EventFeed(this.store, options.engine.logger, onEvents)
    this.queue = watched(options.queue ?? memoryJobQueue({ clock }), () => this.look())
  }

  /** Starts the run and its workers; a run that is cancelled before it begins attempts nothing. */
  async start(signal?: AbortSignal): Promise<void> {
    const { engine, blueprint, runId, input, context, onFailure, deadlineMs } = this.options
    const definition = this.definitions.add(blueprint, engine)
    const reply = await startRun(this.store, definition, {
      runId,
      input: engine.serializer.serialize(input),
      context,
      onFailure,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    })
    if (reply.status === 'started' || reply.status === 'existing') await this.queue.enqueue([reply.job])
    const cancel = (): void => void this.cancel(String(signal?.reason))
    if (signal?.aborted === true) await this.cancel(String(signal.reason))
    else signal?.addEventListener('abort', cancel, { once: true })
    for (let count = this.options.workers ?? 1; count > 0; count--) this.workers.push(this.openWorker())
  }

  private openWorker(): Worker {
    const { engine, concurrency } = this.options
    const makeActor = (onChange: (dueAt: number | undefined) => void): RunActor =>
      new RunActor({
        store: this.store,
        definitions: this.definitions,
        clock: engine.clock,
        logger: engine.logger,
        limits: defaultLimits,
        feed: this.feed,
        enqueue: (jobs) => this.queue.enqueue(jobs),
        onChange: (_run, dueAt) => {
          onChange(dueAt)
          this.look()
        },
      })
    return new Worker(makeActor, this.queue, { concurrency, sweepMs: Infinity })
  }

  /** Resolves when the run has ended, or only something external can move it. */
  async atRest(): Promise<RunHead> {
    const rested = new Promise<RunHead>((resolve) => {
      this.whenAtRest = resolve
    })
    this.look()
    const head = await rested
    await this.feed?.flush(head)
    if (head.status !== 'live') await this.close()
    return head
  }

  /** Looks where the run stands, once more if it changed meanwhile. */
  private look(): void {
    this.isStale = true
    this.looking ??= this.lookAgain().finally(() => {
      this.looking = undefined
    })
  }

  private async lookAgain(): Promise<void> {
    while (this.isStale) {
      this.isStale = false
      const head = await this.store.readRun(this.runId)
      if (head === undefined) return
      this.head = head
      const isOver = head.status !== 'live' || head.stalledBy !== undefined
      if (isOver || (await isAtRest(this.store, head))) this.whenAtRest(head)
    }
  }

  /** All events of the run so far. */
  async events(head: RunHead): Promise<RunEvent[]> {
    return readEvents(this.store, this.options.engine.serializer, head, 0)
  }

  /** The shared values, each with its version. */
  async shared(head: RunHead): Promise<Record<string, { readonly version: number; readonly value: unknown }>> {
    const { serializer } = this.options.engine
    const cells = Object.entries(await this.store.readShared(head))
    return Object.fromEntries(
      cells.map(([key, { version, text }]) => [key, { version, value: serializer.deserialize(text) }]),
    )
  }

  /** The errors of the run, in order. */
  failures(head: RunHead): HeddleError[] {
    return head.failures.map((text) => this.options.engine.serializer.deserialize(text) as HeddleError)
  }

  waits(): Promise<OpenWait[]> {
    return readOpenWaits(this.store, this.runId)
  }

  /** @throws HeddleError as `resumeRun` does */
  async resume(nameOrId: string, payload: unknown, action?: string): Promise<void> {
    await resumeRun(this.requests, this.runId, nameOrId, payload, action)
  }

  async cancel(reason?: string): Promise<void> {
    await cancelRun(this.requests, this.runId, reason)
  }

  private get requests(): Parameters<typeof resumeRun>[0] {
    return { store: this.store, definitions: this.definitions, enqueue: (jobs) => this.queue.enqueue(jobs) }
  }

  /** Where the run stood when it was looked at last. */
  get lastHead(): RunHead | undefined {
    return this.head
  }

  private async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()))
    if (this.options.queue === undefined) await this.queue.close()
  }
}

/** A queue that tells when a job was handled. */
function watched(queue: IJobQueue, onHandled: () => void): IJobQueue {
  return {
    enqueue: (jobs) => queue.enqueue(jobs),
    close: () => queue.close(),
    consume: (handler, options) =>
      queue.consume(async (job) => {
        await handler(job)
        onHandled()
      }, options),
  }
}

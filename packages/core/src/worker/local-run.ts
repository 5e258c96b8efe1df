import { defaultLimits } from '../actor/actor-options.ts'
import type { Definition } from '../actor/definitions.ts'
import { EngineDefinitions } from '../actor/engine-definitions.ts'
import { EventFeed } from '../actor/event-feed.ts'
import { RunActor } from '../actor/run-actor.ts'
import { RunHints } from '../actor/run-hints.ts'
import { isAtRest } from '../actor/run-requests.ts'
import { createRun } from '../actor/start-run.ts'
import { StoredRun } from '../actor/stored-run.ts'
import type { StoredSource } from '../actor/stored-state.ts'
import { checkConcurrency } from '../execution/checks/check-run-options.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { RunEvent } from '../model/run-event.ts'
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
  /** How many attempts may run at once, in all workers together. */
  readonly concurrency: number
  /** How many workers share the run. @default 1 */
  readonly workers?: number
  /** Whether a worker goes on with a visit that it made ready, without the queue. @default false */
  readonly continueInWorker?: boolean
  /** @default a store and a queue in this process */
  readonly store?: ICoordinationStore | undefined
  readonly queue?: IJobQueue | undefined
  /** Is told of the run's events and of its child runs'. */
  readonly onEvents?: ((events: readonly RunEvent[]) => void) | undefined
}

/** One run, carried out by the distributed protocol over a store and a queue in this process. */
export class LocalRun {
  /** The run from outside. */
  readonly handle: StoredRun
  /** Where the run is read from. */
  readonly source: StoredSource
  private readonly options: LocalRunOptions
  private readonly store: ICoordinationStore
  private readonly queue: IJobQueue
  private readonly definitions: EngineDefinitions = new EngineDefinitions()
  private readonly definition: Definition
  private readonly hints: RunHints = new RunHints()
  private readonly workers: Worker[] = []
  private readonly feed: EventFeed | undefined
  private closing: Promise<void> | undefined
  private stopWatching: () => void = () => undefined

  constructor(options: LocalRunOptions) {
    const { engine, blueprint, runId, onEvents } = options
    const { clock, logger, serializer } = engine
    this.options = options
    this.store = options.store ?? memoryCoordinationStore({ clock })
    this.feed = onEvents === undefined ? undefined : new EventFeed(this.store, logger, onEvents)
    this.queue = watched(options.queue ?? memoryJobQueue({ clock }), () => this.hints.tell(runId))
    this.definition = this.definitions.add(blueprint, engine)
    this.source = { store: this.store, serializer, blueprint }
    const { store, definitions, hints } = this
    const enqueue = this.enqueue.bind(this)
    // Nobody else works on the run, so hints tell of every change.
    const pollMs = Infinity
    this.handle = new StoredRun(runId, { store, definitions, enqueue, serializer, clock, logger, hints, pollMs })
  }

  private enqueue(jobs: Parameters<IJobQueue['enqueue']>[0]): Promise<void> {
    return this.queue.enqueue(jobs)
  }

  /**
   * Creates the run in its store; a run that is cancelled before it begins attempts nothing.
   *
   * @returns starts its workers
   * @throws HeddleError `RUN_CONFLICT`, `RUN_CANCELLED`, `INVALID_OPTION`
   */
  async create(signal?: AbortSignal): Promise<() => Promise<void>> {
    const { engine, runId, input, context, onFailure, deadlineMs, concurrency } = this.options
    checkConcurrency(concurrency)
    const jobs = await createRun(this.store, this.definition, {
      runId,
      input: engine.serializer.serialize(input),
      context,
      onFailure,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    })
    if (signal !== undefined) this.stopWatching = await this.handle.cancelOn(signal)
    return async () => {
      await this.queue.enqueue(jobs)
      for (const slots of slotsOfWorkers(this.options)) this.workers.push(this.openWorker(slots))
    }
  }

  private openWorker(concurrency: number): Worker {
    const { engine, runId, continueInWorker = false } = this.options
    const makeActor = (onChange: (dueAt: number | undefined) => void): RunActor =>
      new RunActor({
        store: this.store,
        definitions: this.definitions,
        clock: engine.clock,
        logger: engine.logger,
        limits: defaultLimits,
        feed: this.feed,
        continues: continueInWorker,
        enqueue: (jobs) => this.queue.enqueue(jobs),
        onJournal: () => this.hints.tell(runId),
        onChange: (_run, dueAt) => {
          onChange(dueAt)
          this.hints.tell(runId)
        },
      })
    return new Worker(makeActor, this.queue, { concurrency, sweepMs: Infinity })
  }

  /** Resolves when the run has ended, or only something external can move it. Once it has ended, its workers are closed. */
  async atRest(): Promise<RunHead> {
    const head = await this.handle.until(
      (now) => now.status !== 'live' || now.stalledBy !== undefined || isAtRest(this.store, now),
    )
    await this.feed?.flush(head)
    this.closing ??= this.closeAtEnd()
    if (head.status !== 'live') await this.closing
    return head
  }

  /** The run may end when nobody drives it: when a wait of it is answered, or it is cancelled. */
  private async closeAtEnd(): Promise<void> {
    const { engine, queue, runId } = this.options
    try {
      await this.handle.until(({ status }) => status !== 'live')
      this.stopWatching()
      await Promise.all(this.workers.map((worker) => worker.close()))
      if (queue === undefined) await this.queue.close()
    } catch (error) {
      engine.logger.error({ err: error, runId }, 'the workers of a run could not be closed')
    }
  }
}

/** The concurrency of a run, shared out among its workers; with fewer slots than workers, some are not needed. */
function slotsOfWorkers({ workers = 1, concurrency }: Pick<LocalRunOptions, 'workers' | 'concurrency'>): number[] {
  const count = Math.min(workers, concurrency)
  return Array.from({ length: count }, (_, at) => {
    return concurrency === Infinity ? Infinity : Math.floor((concurrency + at) / count)
  })
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

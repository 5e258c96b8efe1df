import { defaultLimits, type ActorLimits } from '../actor/actor-options.ts'
import type { Definitions } from '../actor/definitions.ts'
import { resolveKeyLimits } from '../actor/resolve-key-limits.ts'
import { RunActor } from '../actor/run-actor.ts'
import { bringBack } from '../actor/stored-state.ts'
import { Sweeper } from '../actor/sweeper.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import { systemClock } from '../defaults/system-clock.ts'
import { bindRun } from '../execution/run/bind-run.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { RunServices } from '../execution/run/run-services.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import type { KeyLimits } from '../model/key-limit.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunJob } from '../model/run-job.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { IClock } from '../ports/clock.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { ILogger } from '../ports/logger.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import { LocalRun } from '../worker/local-run.ts'
import type { IOrchestrator } from './contract.ts'

/** What an event-driven orchestrator works with. */
export interface EventDrivenOptions {
  /** Records of runs. @default for `run`: a store in this process */
  readonly store?: ICoordinationStore
  /** Where jobs go; without it `handleJob` answers them. @default for `run`: a queue in this process */
  readonly queue?: IJobQueue
  /** For `handleJob` and `sweep`: the definitions of the runs that are carried out, made by `defineRuns`. */
  readonly definitions?: Definitions
  readonly limits?: Partial<ActorLimits>
  /** For `handleJob`: limits of attempts by the `concurrencyKey` of their nodes, across all workers of the store. @default none */
  readonly keyLimits?: KeyLimits
  /** @default systemClock */
  readonly clock?: IClock
  /** @default silentLogger */
  readonly logger?: ILogger
  /** For `run`: how many workers share the run, and its `concurrency`. @default 1 */
  readonly workers?: number
  /** For `run`: whether a worker goes on with a visit that it made ready, without the queue. @default false */
  readonly continueInWorker?: boolean
}

/**
 * One job in (a visit to attempt), effects out (jobs to enqueue): what a queue worker does. Everything that it knows of a run it has
 * from the coordination store, so any number of them may work on one run, on any number of machines.
 *
 * `run` carries out a run by the same protocol over a store and a queue in this process.
 */
export class EventDrivenOrchestrator implements IOrchestrator {
  private readonly options: EventDrivenOptions
  private readonly runs: WeakMap<GraphTraverser, LocalRun> = new WeakMap()
  private readonly produced: RunJob[] = []
  private actor: RunActor | undefined

  constructor(options: EventDrivenOptions = {}) {
    this.options = options
  }

  /**
   * Does one job: claims the visit, attempts it, delivers its outcome, and decides what follows from it. A job that is out of date or
   * comes twice does no harm.
   *
   * @returns the jobs that were produced, to be put into the queue; none if the orchestrator has a queue of its own
   * @throws HeddleError `INVALID_OPTION` without `store` and `definitions`
   */
  async handleJob(job: RunJob): Promise<readonly RunJob[]> {
    await this.open().handle(job)
    return this.produced.splice(0)
  }

  /**
   * Looks after the runs of the store that are due: fires timers, ends waits and deadlines whose time has come, sends jobs again that
   * were lost, gives visits whose worker died to another one. To be called about every second, unless a worker (`createWorker`) of the
   * same store runs somewhere.
   *
   * @returns the jobs that were produced, as `handleJob` does
   * @throws HeddleError `INVALID_OPTION` without `store` and `definitions`
   */
  async sweep(): Promise<readonly RunJob[]> {
    await new Sweeper(this.open()).sweepOnce()
    return this.produced.splice(0)
  }

  private open(): RunActor {
    this.actor ??= this.makeActor()
    return this.actor
  }

  private makeActor(): RunActor {
    const { store, definitions, queue, limits, clock = systemClock, logger = silentLogger } = this.options
    const keyLimits = resolveKeyLimits(this.options.keyLimits)
    if (store === undefined || definitions === undefined) {
      throw new HeddleError(
        'INVALID_OPTION',
        'handleJob and sweep need the options "store" and "definitions"; defineRuns makes the latter',
        {
          details: { option: 'store' },
        },
      )
    }
    const collect = async (jobs: readonly RunJob[]): Promise<void> => {
      this.produced.push(...jobs)
    }
    const enqueue = queue === undefined ? collect : (jobs: readonly RunJob[]): Promise<void> => queue.enqueue(jobs)
    return new RunActor({
      store,
      definitions,
      clock,
      logger,
      limits: { ...defaultLimits, ...limits },
      enqueue,
      ...(keyLimits === undefined ? {} : { keyLimits }),
    })
  }

  // A state may have any record of shared values.
  // oxlint-disable typescript/no-explicit-any
  async run(
    traverser: GraphTraverser,
    executorFactory: NodeExecutorFactory,
    state: WorkflowState<any>,
    services: ExecutionServices,
  ): Promise<WorkflowResult<any>> {
    // oxlint-enable typescript/no-explicit-any
    const inProcess = bindRun(traverser, state as WorkflowState, executorFactory, services)
    // It may have been cancelled before it began.
    if (!inProcess.isSettled) {
      const local = this.runs.get(traverser) ?? (await this.begin(inProcess, services))
      traverser.control.graph = await bringBack(local.source, await local.atRest(), state as WorkflowState)
    }
    return state.toResult(services.options.serializer)
  }

  private async begin(inProcess: InProcessRun, services: ExecutionServices): Promise<LocalRun> {
    const { engine, traverser, state } = inProcess
    const { control } = traverser
    if (control.run.phase !== 'created') {
      throw new HeddleError(
        'INVALID_STATE',
        `run "${state.runId}" has begun elsewhere; only a fresh run can be carried out by jobs`,
        {
          details: { runId: state.runId },
        },
      )
    }
    const { signal, concurrency = Infinity } = services.options
    const deadlineMs = services instanceof RunServices ? services.runOptions.deadlineMs : undefined
    const local = new LocalRun({
      engine,
      blueprint: control.graph.blueprint,
      runId: state.runId === '' ? 'run' : state.runId,
      input: state.input,
      context: state.getContext(),
      onFailure: control.onFailure,
      deadlineMs,
      concurrency,
      ...(this.options.workers === undefined ? {} : { workers: this.options.workers }),
      continueInWorker: this.options.continueInWorker ?? false,
      store: this.options.store,
      queue: this.options.queue,
      onEvents: inProcess.publisher.wanted ? publishThrough(engine.eventBus) : undefined,
    })
    this.runs.set(traverser, local)
    try {
      // Who asked before the run began is answered by the store, once that has the run.
      const work = await local.create(signal).finally(() => inProcess.handOver(local.handle))
      await work()
    } catch (error) {
      this.runs.delete(traverser)
      throw error
    }
    return local
  }
}

function publishThrough(eventBus: IEventBus): (events: readonly RunEvent[]) => void {
  return (events) => {
    for (const event of events) eventBus.emit(event)
  }
}

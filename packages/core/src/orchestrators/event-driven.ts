import { defaultLimits, type ActorLimits } from '../actor/actor-options.ts'
import type { Definitions } from '../actor/definitions.ts'
import { RunActor } from '../actor/run-actor.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import { systemClock } from '../defaults/system-clock.ts'
import { bindRun } from '../execution/bind-run.ts'
import type { InProcessRun } from '../execution/in-process-run.ts'
import { RunServices } from '../execution/run-services.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/services.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunJob } from '../model/run-job.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { IClock } from '../ports/clock.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { ILogger } from '../ports/logger.ts'
import type { RunHead } from '../ports/run-records.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
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
  /** The definitions of the runs whose jobs are handled. */
  readonly definitions?: Definitions
  readonly limits?: Partial<ActorLimits>
  /** @default systemClock */
  readonly clock?: IClock
  /** @default silentLogger */
  readonly logger?: ILogger
  /** For `run`: how many workers share the run. @default 1 */
  readonly workers?: number
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
    this.actor ??= this.makeActor()
    await this.actor.handle(job)
    return this.produced.splice(0)
  }

  private makeActor(): RunActor {
    const { store, definitions, queue, limits, clock = systemClock, logger = silentLogger } = this.options
    if (store === undefined || definitions === undefined) {
      throw new HeddleError('INVALID_OPTION', 'handleJob needs the options "store" and "definitions"', {
        details: { option: 'store' },
      })
    }
    const collect = async (jobs: readonly RunJob[]): Promise<void> => {
      this.produced.push(...jobs)
    }
    const enqueue = queue === undefined ? collect : (jobs: readonly RunJob[]): Promise<void> => queue.enqueue(jobs)
    return new RunActor({ store, definitions, clock, logger, limits: { ...defaultLimits, ...limits }, enqueue })
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
    const local =
      this.runs.get(traverser) ?? (await this.begin(traverser, executorFactory, state as WorkflowState, services))
    await bringBack(local, await local.atRest(), traverser, state as WorkflowState)
    return state.toResult(services.options.serializer)
  }

  private async begin(
    traverser: GraphTraverser,
    executorFactory: NodeExecutorFactory,
    state: WorkflowState,
    services: ExecutionServices,
  ): Promise<LocalRun> {
    const inProcess = bindRun(traverser, state, executorFactory, services)
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
      engine: inProcess.engine,
      blueprint: control.graph.blueprint,
      runId: state.runId === '' ? 'run' : state.runId,
      input: state.input,
      context: state.getContext(),
      onFailure: control.onFailure,
      deadlineMs,
      concurrency,
      ...(this.options.workers === undefined ? {} : { workers: this.options.workers }),
      store: this.options.store,
      queue: this.options.queue,
      onEvents: inProcess.facts.publisher.wanted ? publishThrough(inProcess) : undefined,
    })
    this.runs.set(traverser, local)
    handOver(inProcess, local)
    await local.start(signal)
    return local
  }
}

/** Brings what the store knows of a run into its state. */
async function bringBack(
  local: LocalRun,
  head: RunHead,
  traverser: GraphTraverser,
  state: WorkflowState,
): Promise<void> {
  const [events, waits, shared] = await Promise.all([local.events(head), local.waits(), local.shared(head)])
  const folded = foldJournal(traverser.control.graph.blueprint, events)
  // As they were thrown, not as a journal tells of them.
  folded.table.failures.splice(0, Infinity, ...local.failures(head))
  // A journal does not tell that a run waits for what its child runs wait for.
  const isAwaiting = head.status === 'live' && waits.length > 0
  state.adopt(isAwaiting ? { ...folded, status: 'awaiting' } : folded)
  traverser.control.graph = folded.table.graph
  state.openWaits = () => waits
  state.shared.restore({
    values: Object.entries(shared).map(([key, { value }]) => [key, value]),
    versions: Object.entries(shared).map(([key, { version }]) => [key, version]),
  })
}

function publishThrough({ facts, engine, runId }: InProcessRun): (events: readonly RunEvent[]) => void {
  return (events) => {
    for (const event of events) {
      const isLive = event.type === 'node.progress' || event.type === 'node.chunk'
      if (!isLive && event.runId === runId) facts.publisher.journal?.push(event)
      engine.eventBus.emit(event)
    }
  }
}

/** The handle of the run in this process asks the run in the store from now on. */
function handOver(inProcess: InProcessRun, local: LocalRun): void {
  inProcess.resume = (nameOrId, payload, action) => local.resume(nameOrId, payload, action)
  inProcess.cancel = (reason) => void local.cancel(reason)
  inProcess.openWaits = () => local.lastHead?.waits ?? []
  inProcess.hasWait = (nameOrId) =>
    local.lastHead?.waits.some(({ waitId, name }) => waitId === nameOrId || name === nameOrId) === true
}

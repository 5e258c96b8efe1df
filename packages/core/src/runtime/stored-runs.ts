import { RunHints } from '../actor/run-hints.ts'
import type { Definition, Definitions } from '../actor/definitions.ts'
import { EngineDefinitions } from '../actor/engine-definitions.ts'
import { listRuns } from '../actor/list-runs.ts'
import { createRun } from '../actor/start-run.ts'
import { StoredRun } from '../actor/stored-run.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { RunJob } from '../model/run-job.ts'
import type { RunFilter, RunPage } from '../model/run-page.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import { withBlobs } from './blob-stores.ts'
import { checkSharedPorts } from './check-shared-ports.ts'
import type { Ports } from './create-engine.ts'
import { isJournalStore, type FlowRuntimeOptions, type RunOptions } from './options.ts'
import type { KnownWorkflow, RunKeeper } from './run-keeper.ts'

/** What the runs of a store are started and followed with. */
interface StoredRunsOptions {
  readonly store: ICoordinationStore
  readonly queue: IJobQueue
  readonly ports: Ports
  readonly pollMs: number
  /** The workflows that the runtime was given. They are asked for when a run is met whose definition nobody has named yet. */
  readonly registered: () => readonly KnownWorkflow[]
}

/** How many definitions are remembered of runs that are then opened by their id alone. */
const definitionsKept = 1000

/** Starts and follows runs of a store, which workers carry out. */
export class StoredRuns implements RunKeeper {
  private readonly options: StoredRunsOptions
  private readonly hints: RunHints
  private registered: EngineDefinitions | undefined
  /** Of the workflows that were started or opened here lately. */
  private recent: EngineDefinitions = new EngineDefinitions()

  constructor(options: StoredRunsOptions) {
    const { eventBus } = options.ports
    this.options = options
    this.hints = new RunHints((tell) => eventBus.on('*', ({ runId }) => tell(runId)))
  }

  /**
   * The runs of the store that a runtime was given, if it was.
   *
   * @throws HeddleError `INVALID_OPTION`
   */
  static from(
    { store, queue, blobs, limits, pollMs = 1000 }: FlowRuntimeOptions,
    ports: Ports,
    registered: StoredRunsOptions['registered'],
  ): StoredRuns | undefined {
    if (isJournalStore(store)) return undefined
    if (store === undefined && queue === undefined) {
      if (blobs === undefined) return undefined
      const message = 'a runtime with "blobs" needs a "store" too: only the values of runs in a store are put aside'
      throw new HeddleError('INVALID_OPTION', message, { details: { option: 'store' } })
    }
    const shared = checkSharedPorts('a runtime', { store, queue }, ['enqueue'])
    if (!(pollMs > 0)) {
      const message = `pollMs must be a number of milliseconds above 0, and is ${pollMs}`
      throw new HeddleError('INVALID_OPTION', message, { details: { option: 'pollMs', given: pollMs } })
    }
    const kept = withBlobs(shared.store, { blobs, limits })
    return new StoredRuns({ store: kept, queue: shared.queue, ports, pollMs, registered })
  }

  private define({ blueprint, engine }: KnownWorkflow): Definition {
    if (this.recent.size > definitionsKept) this.recent = new EngineDefinitions()
    return this.recent.add(blueprint, engine)
  }

  /** What a handle knows: the workflows of lately as it was made, and those that the runtime was given. */
  private definitions(): Definitions {
    const { recent } = this
    return { get: (key) => recent.get(key) ?? this.given().get(key) }
  }

  private given(): EngineDefinitions {
    if (this.registered === undefined) {
      this.registered = new EngineDefinitions()
      for (const { blueprint, engine } of this.options.registered()) this.registered.add(blueprint, engine)
    }
    return this.registered
  }

  /** @throws HeddleError `RUN_CONFLICT`, `RUN_CANCELLED`, `INVALID_OPTION`, `NOT_SERIALISABLE` */
  async start(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<StoredRun> {
    return (await this.startWatched(workflow, runId, input, options)).run
  }

  /** The result of a run that is started here, once it has ended. @throws HeddleError as {@link start} does */
  async run(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<WorkflowResult> {
    const { run, stopWatching } = await this.startWatched(workflow, runId, input, options)
    try {
      return await run.result()
    } finally {
      stopWatching()
    }
  }

  private async startWatched(
    workflow: KnownWorkflow,
    runId: string,
    input: unknown,
    options: RunOptions,
  ): Promise<{ readonly run: StoredRun; readonly stopWatching: () => void }> {
    checkOptions(options, runId)
    const { onFailure, deadlineMs, context, signal, tags } = options
    const jobs = await createRun(this.options.store, this.define(workflow), {
      runId,
      input: this.options.ports.serializer.serialize(input),
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(context === undefined ? {} : { context }),
      ...(tags === undefined ? {} : { tags }),
    })
    const run = this.handle(runId)
    const stopWatching = signal === undefined ? (): void => undefined : await run.cancelOn(signal)
    await this.enqueue(jobs)
    return { run, stopWatching }
  }

  /** The handle of a run. Whether the store has it, and of which workflow it is, turns out when it is asked something. */
  open(runId: string, workflow?: KnownWorkflow): StoredRun {
    return this.handle(runId, workflow && this.define(workflow).key)
  }

  /** One page of the runs of the store. @throws HeddleError as `listRuns` does */
  list(filter: RunFilter): Promise<RunPage> {
    return listRuns(this.options.store, filter)
  }

  private handle(runId: string, definitionKey?: string): StoredRun {
    const { store, pollMs, ports } = this.options
    const { clock, logger, serializer } = ports
    const { hints } = this
    const definitions = this.definitions()
    const enqueue = this.enqueue.bind(this)
    const pinned = definitionKey === undefined ? {} : { definitionKey }
    return new StoredRun(runId, { store, definitions, enqueue, serializer, clock, logger, hints, pollMs, ...pinned })
  }

  /** A job is a hint: if it cannot be sent, a sweeper finds the run, and what was asked for is not undone. */
  private async enqueue(jobs: readonly RunJob[]): Promise<void> {
    try {
      await this.options.queue.enqueue(jobs)
    } catch (error) {
      const runIds = jobs.map(({ runId }) => runId)
      this.options.ports.logger.warn({ err: error, runIds }, 'workers could not be woken; a sweeper finds the runs')
    }
  }
}

function checkOptions({ snapshot, concurrency }: RunOptions, runId: string): void {
  const option = snapshot === undefined ? (concurrency === undefined ? undefined : 'concurrency') : 'snapshot'
  if (option === undefined) return
  const mend =
    option === 'snapshot'
      ? 'a run in the store goes on by itself; start the snapshot in a runtime without a store'
      : 'workers carry it out; give it to createWorker'
  const message = `run "${runId}" is kept in a store and takes no "${option}": ${mend}`
  throw new HeddleError('INVALID_OPTION', message, { details: { runId, option } })
}

/** The runs of a coordination store. @throws HeddleError `INVALID_OPTION` if a runtime keeps its runs elsewhere */
export function storedRuns(keeper: RunKeeper | undefined): StoredRuns {
  if (keeper instanceof StoredRuns) return keeper
  const message =
    'only a runtime with a coordination store lists its runs; those of a journal store are listed by the list() of that store'
  throw new HeddleError('INVALID_OPTION', message, { details: { option: 'store' } })
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine.ts'
import type { ChildRequest, ChildRun } from '../execution/child-run.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { Explanation } from '../model/explanation.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { RunToCompletionOrchestrator } from '../orchestrators/run-to-completion.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { Ports } from './create-engine.ts'
import { DurableChild } from './durable-child.ts'
import { checkSame, definitionMismatch } from './durable-conflicts.ts'
import { DurableRuns, type DurableOptions, type DurableRun, type DurableRunOptions } from './durable-runs.ts'
import { explainJournal } from './explain-journal.ts'
import { readRunEvents, recordedOutcomes, writeFork, type ForkOptions } from './fork-run.ts'
import { defined, type DurableDefinition } from './durable-definition.ts'
import { JournalledHandle } from './journalled-handle.ts'
import { isJournalStore, type FlowRuntimeOptions, type OpenOptions, type RunOptions } from './options.ts'
import { InProcessHandle } from './run-handle.ts'
import type { KnownWorkflow, RunKeeper } from './run-keeper.ts'

/** What the runs of a journal store are carried out with. */
export interface JournalledRunsOptions extends DurableOptions {
  readonly store: IJournalStore
  readonly ports: Ports
  /** The workflows that the runtime was given. */
  readonly registered: () => readonly KnownWorkflow[]
}

interface OpenRun {
  readonly durable: Promise<DurableRun>
  /** The result when the run first came to rest here. */
  readonly atRest: Promise<WorkflowResult>
  readonly handle: RunHandle
}

/** Carries out runs in this process whose journals are kept, so that any later process can go on with them. */
export class JournalledRuns implements RunKeeper {
  private readonly options: JournalledRunsOptions
  private readonly durable: DurableRuns
  /** The runs that are open here, child runs too, by id. */
  private readonly live: Map<string, OpenRun> = new Map()
  /** Child runs that are being opened. */
  private readonly opening: Set<Promise<void>> = new Set()
  private isClosed = false

  constructor(options: JournalledRunsOptions) {
    this.options = options
    this.durable = new DurableRuns(options.store, options)
  }

  /** The runs of the journal store that a runtime was given, if it was. @throws HeddleError `INVALID_OPTION` */
  static from(
    { store, queue }: FlowRuntimeOptions,
    ports: Ports,
    registered: JournalledRunsOptions['registered'],
  ): JournalledRuns | undefined {
    if (!isJournalStore(store)) return undefined
    if (queue === undefined) return new JournalledRuns({ store, ports, registered })
    const message = 'a journal store takes no "queue": its runs are carried out in this process'
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'queue' } })
  }

  /** Starts a run, or answers the one of this id. @throws HeddleError `RUN_CONFLICT` and what the store throws */
  async start(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<RunHandle> {
    const known = await this.startOrOpen(workflow, runId, input, options)
    const { run } = await known.durable
    await run.synced()
    return known.handle
  }

  /** The result of a run when it has ended, or only waits for something external. @throws HeddleError as {@link start} does */
  async run(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<WorkflowResult> {
    return (await this.startOrOpen(workflow, runId, input, options)).atRest
  }

  private async startOrOpen(
    workflow: KnownWorkflow,
    runId: string,
    input: unknown,
    options: RunOptions,
  ): Promise<OpenRun> {
    checkOptions(options, runId)
    const definition = defined(workflow)
    const known = this.live.get(runId)
    if (known !== undefined) {
      const { hash, input: before } = await known.durable
      checkSame(definition, runId, input, { hash, input: before })
      return known
    }
    return this.take(runId, () => this.durable.startOrOpen(definition, input, runId, options))
  }

  /** The handle of a run; it is gone on with in this process. What is wrong with it is told when it is asked something. */
  open(runId: string, workflow?: KnownWorkflow, options: OpenOptions = {}): RunHandle {
    const known = this.live.get(runId)
    const definition = workflow === undefined ? undefined : defined(workflow)
    if (known !== undefined) {
      return definition === undefined ? known.handle : this.handleOf(runId, this.sameDefinition(known, definition))
    }
    return this.take(runId, async () => {
      const found = definition ?? (await this.find(runId))
      return this.durable.open(found, runId, options)
    }).handle
  }

  private async sameDefinition({ durable, handle }: OpenRun, { hash }: DurableDefinition): Promise<RunHandle> {
    const { run, hash: began } = await durable
    if (began !== hash) throw definitionMismatch(run.runId, run.graph.blueprint.id, began, hash)
    return handle
  }

  /** Opens a run once, whoever asks for it first; it is driven from then on. */
  private take(runId: string, open: () => Promise<DurableRun>): OpenRun {
    if (this.isClosed) throw closedError()
    const durable = open()
    const atRest = durable.then(({ prepared: { traverser, state, executorFactory, services } }) => {
      const orchestrator = new RunToCompletionOrchestrator()
      return orchestrator.run(traverser, executorFactory, state, services) as Promise<WorkflowResult>
    })
    atRest.catch(() => undefined)
    const { eventBus } = this.options.ports
    const handle = this.handleOf(
      runId,
      durable.then(({ run }) => new InProcessHandle(run, eventBus)),
    )
    const entry: OpenRun = { durable, atRest, handle }
    this.live.set(runId, entry)
    void this.forgetWhenOver(runId, entry)
    return entry
  }

  private async forgetWhenOver(runId: string, entry: OpenRun): Promise<void> {
    try {
      const { closed } = await entry.durable
      await closed
    } catch {
      // Whoever asks the handle is told; the next one who asks for the run tries again.
    }
    if (this.live.get(runId) === entry) this.live.delete(runId)
  }

  private handleOf(runId: string, opened: Promise<RunHandle>): RunHandle {
    const { store, ports } = this.options
    const readJournal = (): Promise<readonly RunEvent[]> => readRunEvents(store, { engine: ports }, runId)
    return new JournalledHandle({ runId, opened, eventBus: ports.eventBus, readJournal })
  }

  /** The workflow of a run, among those that the runtime was given. @throws HeddleError `UNKNOWN_RUN`, `UNKNOWN_BLUEPRINT` */
  private async find(runId: string): Promise<DurableDefinition> {
    const began = await this.durable.began(runId, this.options.ports.serializer)
    const known = this.options.registered().map((workflow) => defined(workflow))
    const found = known.find(({ hash }) => hash === began.definitionHash)
    if (found !== undefined) return found
    const { workflowId, definitionHash } = began
    throw new HeddleError(
      'UNKNOWN_BLUEPRINT',
      `run "${runId}" is one of workflow "${workflowId}", with a definition that this runtime was not given; open it with its workflow`,
      { details: { runId, workflowId, definitionHash } },
    )
  }

  /** The child run that a visit asks for; it has a journal of its own. */
  child(request: ChildRequest, workflow: KnownWorkflow): ChildRun {
    const { parentRunId, depth, on } = request
    const options: DurableRunOptions = { child: { parentRunId, depth } }
    return new DurableChild(request, {
      openRun: (runId) => this.durable.startOrOpen(defined(workflow), on.input, runId, options),
      onOpening: (opening) => void this.untilOpen(opening),
    })
  }

  /** A child run that is being opened takes note of a cancel when it is open: until then its store is needed. */
  private async untilOpen(opening: Promise<void>): Promise<void> {
    this.opening.add(opening)
    await Promise.allSettled([opening])
    this.opening.delete(opening)
  }

  /** Why a run does not move, by its journal alone. @throws HeddleError as `explainJournal` does */
  explain(workflow: KnownWorkflow, runId: string): Promise<Explanation> {
    const { store, ports } = this.options
    const childDefinition = ({ engine }: DurableDefinition, id: string): DurableDefinition | undefined => {
      const child = engine.findChild?.(id)
      return child === undefined ? undefined : defined(child)
    }
    return explainJournal({ store, now: ports.clock.now(), childDefinition }, defined(workflow), runId)
  }

  /** Starts a fork of a run, and answers its handle. @throws HeddleError as `writeFork` does */
  async fork(workflow: KnownWorkflow, runId: string, options: ForkOptions): Promise<RunHandle> {
    const definition = defined(workflow)
    const { engine } = definition
    const events = await readRunEvents(this.options.store, definition, runId)
    await writeFork(this.options.store, definition, events, options)
    const own: Engine =
      options.replay === 'recorded'
        ? { ...engine, middleware: [recordedOutcomes(events, options.at), ...engine.middleware], plans: new WeakMap() }
        : engine
    return this.take(options.runId, () => this.durable.open({ ...definition, engine: own }, options.runId, {})).handle
  }

  /**
   * Goes on with every run of the store that has not ended, child runs with their parents. Those whose workflow the runtime was not
   * given stay as they are.
   *
   * @throws HeddleError what the store throws
   */
  async recover(): Promise<readonly RunHandle[]> {
    const hashes = new Set(this.options.registered().map((workflow) => defined(workflow).hash))
    const handles: RunHandle[] = []
    for await (const { runId, first, last } of this.options.store.list()) {
      if (isLast(last.fact.type) || first.fact['parentRunId'] !== undefined) continue
      if (hashes.has(String(first.fact['definitionHash']))) handles.push(this.open(runId))
      else this.options.ports.logger.warn({ runId }, 'a run waits for a process that knows its definition')
    }
    return handles
  }

  /** Lets go of all runs as their journals know them, and of the store. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    const durables = await Promise.allSettled([...this.live.values()].map(({ durable }) => durable))
    for (const opened of durables) if (opened.status === 'fulfilled') opened.value.run.abandon(closedError())
    await Promise.allSettled(this.opening)
    await this.options.store.close()
  }
}

function closedError(): HeddleError {
  return new HeddleError('ALREADY_CLOSED', 'the runtime was closed; its runs go on when a runtime opens them again')
}

function isLast(type: string): boolean {
  return type === 'run.completed' || type === 'run.failed' || type === 'run.cancelled'
}

function checkOptions({ snapshot }: RunOptions, runId: string): void {
  if (snapshot === undefined) return
  throw new HeddleError(
    'INVALID_OPTION',
    `run "${runId}" keeps a journal and takes no "snapshot": it is opened by its id`,
    { details: { runId, option: 'snapshot' } },
  )
}

import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine.ts'
import type { ChildRequest, ChildRun } from '../execution/child-run.ts'
import { isLastEvent } from '../model/last-event.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { Explanation } from '../model/explanation.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { IJournalStore, JournalSummary } from '../ports/journal-store.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { Ports } from './create-engine.ts'
import { journalsWithBlobs } from './blob-stores.ts'
import { DurableChild } from './durable-child.ts'
import { checkSame, definitionMismatch } from './durable-conflicts.ts'
import { DurableRuns, historyOf, type DurableOptions, type DurableRun, type DurableRunOptions } from './durable-runs.ts'
import { explainJournal } from './explain-journal.ts'
import { readRunEvents, writeFork, type ForkOptions } from './fork-run.ts'
import { defined, type DurableDefinition } from './durable-definition.ts'
import { JournalledHandle } from './journalled-handle.ts'
import { childRunId, isChildRunId } from './in-process-child.ts'
import { goesOn, OpenRuns, type OpenRun } from './open-runs.ts'
import { isJournalStore, type FlowRuntimeOptions, type OpenOptions, type RunOptions } from './options.ts'
import { InProcessHandle } from './run-handle.ts'
import type { KnownWorkflow, RunKeeper } from './run-keeper.ts'
import { UnwantedChildren } from './unwanted-children.ts'

/** What the runs of a journal store are carried out with. */
export interface JournalledRunsOptions extends DurableOptions {
  readonly store: IJournalStore
  readonly ports: Ports
  /** The workflows that the runtime was given. */
  readonly registered: () => readonly KnownWorkflow[]
}

/** Carries out runs in this process whose journals are kept, so that any later process can go on with them. */
export class JournalledRuns implements RunKeeper {
  private readonly options: JournalledRunsOptions
  private readonly durable: DurableRuns
  /** The runs that are open here, child runs too. */
  private readonly live: OpenRuns
  /** Runs that may be child runs, while it is found out whether they go on with a parent. */
  private readonly sought: Map<string, OpenRun> = new Map()
  private readonly unwanted: UnwantedChildren
  private isClosed = false

  constructor(options: JournalledRunsOptions) {
    this.options = options
    this.durable = new DurableRuns(options.store, options)
    this.live = new OpenRuns((runId, opened) =>
      this.handleOf(
        runId,
        opened.then((durable) => this.ownHandle(durable)),
      ),
    )
    this.unwanted = new UnwantedChildren({
      ...options,
      durable: this.durable,
      isOpen: (runId) => this.live.get(runId) !== undefined,
      take: (runId, open) => this.take(runId, open),
    })
  }

  /** The runs of the journal store that a runtime was given, if it was. @throws HeddleError `INVALID_OPTION` */
  static from(
    options: FlowRuntimeOptions,
    ports: Ports,
    registered: JournalledRunsOptions['registered'],
  ): JournalledRuns | undefined {
    if (!isJournalStore(options.store)) return undefined
    const store = journalsWithBlobs(options.store, options)
    if (options.queue === undefined) return new JournalledRuns({ ...historyOf(options), store, ports, registered })
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
    const known = this.known(runId)
    if (known !== undefined) {
      const { hash, input: before } = await known.durable
      checkSame(definition, runId, input, { hash, input: before })
      return known
    }
    return this.take(runId, () => this.durable.startOrOpen(definition, input, runId, options))
  }

  /** The handle of a run; it is gone on with in this process. What is wrong with it is told when it is asked something. */
  open(runId: string, workflow?: KnownWorkflow, options: OpenOptions = {}): RunHandle {
    const definition = workflow === undefined ? undefined : defined(workflow)
    const known = this.known(runId)
    const entry = known ?? this.goOn(runId, definition, options)
    if (definition === undefined || (known === undefined && !isChildRunId(runId))) return entry.handle
    return this.handleOf(runId, this.sameDefinition(entry, definition))
  }

  private known(runId: string): OpenRun | undefined {
    return this.live.get(runId) ?? this.sought.get(runId)
  }

  private goOn(runId: string, definition: DurableDefinition | undefined, options: OpenOptions): OpenRun {
    return isChildRunId(runId) ? this.seek(runId, definition, options) : this.openAlone(runId, definition, options)
  }

  private openAlone(runId: string, definition: DurableDefinition | undefined, options: OpenOptions): OpenRun {
    return this.take(runId, async () => this.durable.open(definition ?? (await this.find(runId)), runId, options))
  }

  /** What may be a child run goes on with its parent, if that waits for it. */
  private seek(runId: string, definition: DurableDefinition | undefined, options: OpenOptions): OpenRun {
    const found = this.withParent(runId, definition, options)
    const durable = found.then((entry) => entry.durable)
    const atRest = found.then((entry) => entry.atRest)
    atRest.catch(() => undefined)
    const handle = this.handleOf(
      runId,
      durable.then((opened) => this.ownHandle(opened)),
    )
    const entry = { durable, atRest, handle }
    this.sought.set(runId, entry)
    void Promise.allSettled([durable]).then(() => this.sought.delete(runId))
    return entry
  }

  private async withParent(
    runId: string,
    definition: DurableDefinition | undefined,
    options: OpenOptions,
  ): Promise<OpenRun> {
    const { serializer } = this.options.ports
    const { parentRunId, isEnded } = await this.durable.began(runId, serializer)
    if (parentRunId !== undefined && options.migrate === undefined) {
      const isWanted = !isEnded && (await this.durable.isLive(parentRunId, serializer))
      const parent = this.known(parentRunId) ?? (isWanted ? this.goOn(parentRunId, undefined, {}) : undefined)
      // One that cannot be carried out here finds its child as it is left when it goes on.
      await parent?.durable.catch(unlessUnknown)
    }
    return this.live.get(runId) ?? this.openAlone(runId, definition, options)
  }

  private async sameDefinition({ durable, handle }: OpenRun, { hash }: DurableDefinition): Promise<RunHandle> {
    const { run, hash: began } = await durable
    if (began !== hash) throw definitionMismatch(run.runId, run.graph.blueprint.id, began, hash)
    return handle
  }

  /** Opens a run once, whoever asks for it first; it is driven from then on. */
  private take(runId: string, open: () => Promise<DurableRun>): OpenRun {
    if (this.isClosed) throw closedError()
    return this.live.take(runId, this.withChildren(open()))
  }

  /** A run that was opened, once its child runs are: those that it waits for; those that it had cut off are cancelled. */
  private async withChildren(opening: Promise<DurableRun>): Promise<DurableRun> {
    const durable = await opening
    if (durable.cutOff.length > 0) await this.unwanted.cancelCutOff(durable)
    await durable.run.suspensions?.children.whenOpen()
    return durable
  }

  private ownHandle({ run }: DurableRun): RunHandle {
    return new InProcessHandle(run, this.options.ports.eventBus)
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
    const before = this.live.get(childRunId(request))
    return new DurableChild(request, {
      openRun: async (runId) =>
        (await goesOn(before)) ??
        this.withChildren(this.durable.startOrOpen(defined(workflow), on.input, runId, options)),
      onOpening: (runId, opening) => void this.live.takeChild(runId, opening),
      onCutOff: (runId, cancelling) => void this.live.leave(runId, cancelling),
    })
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
    const recorded = await writeFork(this.options.store, definition, { runId, events }, options)
    const own: Engine = recorded === undefined ? engine : { ...engine, replay: recorded, plans: new WeakMap() }
    return this.take(options.runId, () => this.durable.open({ ...definition, engine: own }, options.runId, {})).handle
  }

  /**
   * Goes on with every run of the store that has not ended, child runs with their parents. Those whose workflow the runtime was not
   * given stay as they are. A child run whose parent has ended without it is cancelled: its process died between both ends.
   *
   * @throws HeddleError what the store throws
   */
  async recover(): Promise<readonly RunHandle[]> {
    const known = new Map(this.options.registered().map((workflow) => [defined(workflow).hash, workflow]))
    const handles: RunHandle[] = []
    const children: JournalSummary[] = []
    const live = new Set<string>()
    for await (const summary of this.options.store.list()) {
      const { runId, first, last } = summary
      if (isLastEvent(last.fact)) continue
      live.add(runId)
      if (first.fact['parentRunId'] !== undefined) children.push(summary)
      else handles.push(...(await this.recoverRun(runId, known)))
    }
    await this.unwanted.cancelOrphans(children.filter(({ first }) => !live.has(String(first.fact['parentRunId']))))
    return handles
  }

  /** A run goes on that has a definition which is known: it may have been migrated since it began. */
  private async recoverRun(runId: string, known: ReadonlyMap<string, KnownWorkflow>): Promise<readonly RunHandle[]> {
    const { serializer, logger } = this.options.ports
    if (this.live.get(runId) !== undefined) return [this.open(runId)]
    try {
      const { definitionHash } = await this.durable.began(runId, serializer)
      const workflow = known.get(definitionHash)
      if (workflow !== undefined) return [this.open(runId, workflow)]
    } catch (error) {
      if (!isHeddleError(error)) throw error
      // The others go on; its handle tells why this one does not.
      return [this.open(runId)]
    }
    logger.warn({ runId }, 'a run waits for a process that knows its definition')
    return []
  }

  /** Lets go of all runs as their journals know them, and of the store. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    for (const { durable } of this.sought.values()) await Promise.allSettled([durable])
    await this.live.close(closedError())
    await this.options.store.close()
  }
}

function closedError(): HeddleError {
  return new HeddleError('ALREADY_CLOSED', 'the runtime was closed; its runs go on when a runtime opens them again')
}

function unlessUnknown(error: unknown): void {
  if (!isHeddleError(error, 'UNKNOWN_BLUEPRINT')) throw error
}

function checkOptions({ snapshot }: RunOptions, runId: string): void {
  if (snapshot === undefined) return
  throw new HeddleError(
    'INVALID_OPTION',
    `run "${runId}" keeps a journal and takes no "snapshot": it is opened by its id`,
    { details: { runId, option: 'snapshot' } },
  )
}

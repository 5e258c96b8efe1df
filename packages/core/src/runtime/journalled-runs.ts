import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { ChildRequest, ChildRun } from '../execution/engine/child-run.ts'
import type { Explanation } from '../model/explanation.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { Ports } from './create-engine.ts'
import { journalsWithBlobs } from './blob-stores.ts'
import { JournalledChild } from './journalled-child.ts'
import { checkSame, definitionMismatch } from './run-conflicts.ts'
import {
  RunJournals,
  historyOf,
  type JournalOptions,
  type JournalledRun,
  type JournalledRunOptions,
} from './run-journals.ts'
import { explainJournal } from './explain-journal.ts'
import { writeFork, type ForkOptions } from './fork-run.ts'
import { readRunEvents } from './run-events.ts'
import { defined, type JournalledDefinition } from './journalled-definition.ts'
import { JournalledHandle } from './journalled-handle.ts'
import { childRunId, isChildRunId } from './in-process-child.ts'
import { goesOn, openElse, OpenRuns, type OpenRun } from './open-runs.ts'
import { isJournalStore, type FlowRuntimeOptions, type OpenOptions, type RunOptions } from './options.ts'
import { recoverRuns } from './recover-runs.ts'
import { InProcessHandle } from './in-process-handle.ts'
import type { KnownWorkflow, RunKeeper } from './run-keeper.ts'
import { UnwantedChildren } from './unwanted-children.ts'

/** What the runs of a journal store are carried out with. */
export interface JournalledRunsOptions extends JournalOptions {
  readonly store: IJournalStore
  readonly ports: Ports
  /** The workflows that the runtime was given. */
  readonly registered: () => readonly KnownWorkflow[]
}

/** Carries out runs in this process whose journals are kept, so that any later process can go on with them. */
export class JournalledRuns implements RunKeeper {
  private readonly options: JournalledRunsOptions
  private readonly journals: RunJournals
  /** The runs that are open here, child runs too. */
  private readonly live: OpenRuns = new OpenRuns()
  /** Runs that may be child runs, while it is found out whether they go on with a parent. */
  private readonly sought: Map<string, OpenRun> = new Map()
  private readonly unwanted: UnwantedChildren
  private isClosed = false

  constructor(options: JournalledRunsOptions) {
    this.options = options
    this.journals = new RunJournals(options.store, options)
    this.unwanted = new UnwantedChildren({
      ...options,
      journals: this.journals,
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
    const { maxLostAttempts } = options.limits ?? {}
    const lost = maxLostAttempts === undefined ? {} : { maxLostAttempts }
    if (options.queue === undefined) {
      return new JournalledRuns({ ...historyOf(options), ...lost, store, ports, registered })
    }
    const message = 'a journal store takes no "queue": its runs are carried out in this process'
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'queue' } })
  }

  /** Starts a run, or answers the one of this id. @throws HeddleError `RUN_CONFLICT` and what the store throws */
  async start(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<RunHandle> {
    const known = await this.startOrOpen(workflow, runId, input, options)
    const { run } = await known.journalled
    await run.synced()
    return this.handleOf(runId, async () => known)
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
    let isNew = false
    const entry = await this.openElse(runId, () => {
      isNew = true
      return this.take(runId, () => this.journals.startOrOpen(definition, input, runId, options))
    })
    if (isNew) return entry
    const { hash, input: before } = await entry.journalled
    checkSame(definition, runId, input, { hash, input: before })
    return entry
  }

  /** The handle of a run; it is gone on with in this process. What is wrong with it is told when it is asked something. */
  open(runId: string, workflow?: KnownWorkflow, options: OpenOptions = {}): RunHandle {
    if (this.isClosed && this.known(runId) === undefined) throw closedError()
    const definition = workflow === undefined ? undefined : defined(workflow)
    const find = (): Promise<OpenRun> => this.openElse(runId, () => this.goOn(runId, definition, options))
    return this.handleOf(runId, find, definition)
  }

  private known(runId: string): OpenRun | undefined {
    return this.live.get(runId) ?? this.sought.get(runId)
  }

  private openElse(runId: string, open: () => OpenRun): Promise<OpenRun> {
    return openElse(() => this.known(runId), open)
  }

  private goOn(runId: string, definition: JournalledDefinition | undefined, options: OpenOptions): OpenRun {
    return isChildRunId(runId) ? this.seek(runId, definition, options) : this.openAlone(runId, definition, options)
  }

  private openAlone(runId: string, definition: JournalledDefinition | undefined, options: OpenOptions): OpenRun {
    return this.take(runId, async () => this.journals.open(definition ?? (await this.find(runId)), runId, options))
  }

  /** What may be a child run goes on with its parent, if that waits for it. */
  private seek(runId: string, definition: JournalledDefinition | undefined, options: OpenOptions): OpenRun {
    const found = this.withParent(runId, definition, options)
    const journalled = found.then((entry) => entry.journalled)
    const atRest = found.then((entry) => entry.atRest)
    atRest.catch(() => undefined)
    const entry = { journalled, atRest }
    this.sought.set(runId, entry)
    void Promise.allSettled([journalled]).then(() => this.sought.delete(runId))
    return entry
  }

  private async withParent(
    runId: string,
    definition: JournalledDefinition | undefined,
    options: OpenOptions,
  ): Promise<OpenRun> {
    const { serializer } = this.options.ports
    const { parentRunId, isEnded } = await this.journals.began(runId, serializer)
    if (parentRunId !== undefined && options.migrate === undefined) {
      const isWanted = !isEnded && (await this.journals.isLive(parentRunId, serializer))
      const parent = await openElse(
        () => this.known(parentRunId),
        () => (isWanted ? this.goOn(parentRunId, undefined, {}) : undefined),
      )
      // One that cannot be carried out here finds its child as it is left when it goes on.
      await parent?.journalled.catch(unlessUnknown)
    }
    return openElse(
      () => this.live.get(runId),
      () => this.openAlone(runId, definition, options),
    )
  }

  /** Opens a run once, whoever asks for it first; it is driven from then on. */
  private take(runId: string, open: () => Promise<JournalledRun>): OpenRun {
    if (this.isClosed) throw closedError()
    return this.live.take(runId, this.withChildren(open()))
  }

  /** A run that was opened, once its child runs are: those that it waits for; those that it had cut off are cancelled. */
  private async withChildren(opening: Promise<JournalledRun>): Promise<JournalledRun> {
    const journalled = await opening
    if (journalled.cutOff.length > 0) await this.unwanted.cancelCutOff(journalled)
    await journalled.run.suspensions?.children.whenOpen()
    return journalled
  }

  /**
   * @param find opens the run, or answers the one that is open; asked again after an opening that failed
   * @param definition that the run must have, if it matters
   */
  private handleOf(runId: string, find: () => Promise<OpenRun>, definition?: JournalledDefinition): RunHandle {
    const { store, ports } = this.options
    const { eventBus } = ports
    const ownHandle = async (): Promise<RunHandle> => {
      const { journalled } = await find()
      const { run, hash } = await journalled
      if (definition === undefined || definition.hash === hash) return new InProcessHandle(run, eventBus)
      throw definitionMismatch(runId, run.graph.blueprint.id, hash, definition.hash)
    }
    return new JournalledHandle({
      runId,
      opened: ownHandle(),
      openAgain: ownHandle,
      eventBus,
      readJournal: () => readRunEvents(store, { engine: ports }, runId),
    })
  }

  /** The workflow of a run, among those that the runtime was given. @throws HeddleError `UNKNOWN_RUN`, `UNKNOWN_BLUEPRINT` */
  private async find(runId: string): Promise<JournalledDefinition> {
    const began = await this.journals.began(runId, this.options.ports.serializer)
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
    const options: JournalledRunOptions = { child: { parentRunId, depth } }
    const before = this.live.get(childRunId(request))
    return new JournalledChild(request, {
      openRun: async (runId) =>
        (await goesOn(before)) ??
        this.withChildren(this.journals.startOrOpen(defined(workflow), on.input, runId, options)),
      onOpening: (runId, opening) => void this.live.takeChild(runId, opening),
      onCutOff: (runId, cancelling) => void this.live.leave(runId, cancelling),
    })
  }

  /** Why a run does not move, by its journal alone. @throws HeddleError as `explainJournal` does */
  explain(workflow: KnownWorkflow, runId: string): Promise<Explanation> {
    const { store, ports } = this.options
    const childDefinition = ({ engine }: JournalledDefinition, id: string): JournalledDefinition | undefined => {
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
    const forked = options.runId
    const open = (): Promise<JournalledRun> => this.journals.open({ ...definition, engine: own }, forked, {})
    return this.handleOf(forked, () => this.openElse(forked, () => this.take(forked, open)))
  }

  /** Goes on with every run of the store that has not ended; see {@link recoverRuns}. @throws HeddleError what the store throws */
  recover(): Promise<readonly RunHandle[]> {
    return recoverRuns({
      ...this.options,
      journals: this.journals,
      unwanted: this.unwanted,
      isOpen: (runId) => this.live.get(runId) !== undefined,
      open: (runId, workflow) => this.open(runId, workflow),
      whenOpen: async (runId) => (await this.known(runId)?.journalled)?.run,
    })
  }

  /** Lets go of all runs as their journals know them, and of the store. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    for (const { journalled } of this.sought.values()) await Promise.allSettled([journalled])
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

/** The runs of a journal store. @throws HeddleError `INVALID_OPTION` if a runtime keeps its runs elsewhere */
export function journalledRuns(keeper: RunKeeper | undefined): JournalledRuns {
  if (keeper instanceof JournalledRuns) return keeper
  const message = 'only a runtime with a journal store (FileStore) can do this; give it one as "store"'
  throw new HeddleError('INVALID_OPTION', message, { details: { option: 'store' } })
}

import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { unknownRun } from '../errors/run-errors.ts'
import { bindRun } from '../execution/run/bind-run.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { attemptInterrupted, restorePending } from '../execution/run/restored-visits.ts'
import type { IJournalStore, JournalContents, RunJournal } from '../ports/journal-store.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { rebuildRun, type RebuiltRun } from '../traversal/rebuild-run.ts'
import { readJournal, type Began } from './began.ts'
import type { JournalledDefinition } from './journalled-definition.ts'
import { checkSame, definitionMismatch } from './run-conflicts.ts'
import { inputText, type InputText } from './input-text.ts'
import { JournalWriter } from './journal-writer.ts'
import { migrateJournal } from './migrate-journal.ts'
import type { OpenOptions, RunOptions } from './options.ts'
import { prepareRebuilt, prepareRun, type PreparedRun } from './prepare.ts'

/** Settings of journalled runs. */
export interface JournalOptions {
  /** Attempts of a visit that may be lost with their process before it fails with `ATTEMPT_LOST`. @default 5 */
  readonly maxLostAttempts?: number
  /** After how many events of a run a snapshot of it is saved, at the earliest. @default 5000 */
  readonly snapshotEvery?: number
  /** Whether the entries before a snapshot are kept. @default true */
  readonly keepHistory?: boolean
}

/**
 * What options say of how much of the journals is kept.
 *
 * @throws HeddleError `INVALID_OPTION`
 */
export function historyOf({
  keepHistory = true,
  snapshotEvery = 5000,
}: Pick<JournalOptions, 'keepHistory' | 'snapshotEvery'>): JournalOptions {
  if (Number.isInteger(snapshotEvery) && snapshotEvery > 0) return { keepHistory, snapshotEvery }
  throw new HeddleError(
    'INVALID_OPTION',
    `the option "snapshotEvery" is ${snapshotEvery}, and has to be a whole number of events from 1`,
    { details: { option: 'snapshotEvery' } },
  )
}

/** A run whose journal is kept, ready to be driven. */
export interface JournalledRun {
  readonly prepared: PreparedRun
  readonly run: InProcessRun
  /** The definition hash that it began with. */
  readonly hash: string
  readonly input: InputText
  /** Child runs that it had cut off before it was opened, by its journal: its process may have died before they were cancelled. */
  readonly cutOff: readonly string[]
  /** Whether somebody carries it out here. */
  isDriven: boolean
  /** Resolves when nothing more happens to the run here and its journal is closed. */
  readonly closed: Promise<void>
}

/** Begins runs whose journals are kept, and goes on with those that were begun before, in this process or in another. */
export class RunJournals {
  private readonly store: IJournalStore
  private readonly options: Required<JournalOptions>

  constructor(store: IJournalStore, { maxLostAttempts = 5, snapshotEvery = 5000, keepHistory = true }: JournalOptions) {
    this.store = store
    this.options = { maxLostAttempts, snapshotEvery, keepHistory }
  }

  /**
   * Begins a run, or goes on with the one of this id.
   *
   * @throws HeddleError `RUN_CONFLICT` if the id belongs to a run with another definition or input, `STORE_LOCKED`,
   *   `STORE_UNAVAILABLE`, `JOURNAL_CORRUPT`
   */
  async startOrOpen(
    definition: JournalledDefinition,
    input: unknown,
    runId: string,
    options: JournalledRunOptions,
  ): Promise<JournalledRun> {
    const found = await this.openJournal(definition, runId)
    if (found === undefined) return this.begin(definition, input, runId, options, await this.store.create(runId))
    const { journal, contents } = found
    return closingOnError(journal, async () => {
      const { began, rebuild } = this.read(definition, runId, contents)
      checkSame(definition, runId, input, {
        hash: began.definitionHash,
        input: inputText(definition.engine.serializer, began.input, false),
      })
      return this.goOn(definition, journal, began, rebuild(), options)
    })
  }

  /**
   * Goes on with a run from the store alone.
   *
   * @throws HeddleError `UNKNOWN_RUN`, `DEFINITION_MISMATCH`, `STORE_LOCKED`, `STORE_UNAVAILABLE`, `JOURNAL_CORRUPT`
   */
  async open(
    definition: JournalledDefinition,
    runId: string,
    { migrate, ...options }: OpenOptions,
  ): Promise<JournalledRun> {
    const found = await this.openJournal(definition, runId)
    if (found === undefined) throw unknownRun(runId)
    const { journal, contents } = found
    return closingOnError(journal, async () => {
      const { began, rebuild } = this.read(definition, runId, contents)
      if (began.definitionHash === definition.hash) return this.goOn(definition, journal, began, rebuild(), options)
      if (migrate === undefined) {
        throw definitionMismatch(runId, began.workflowId, began.definitionHash, definition.hash)
      }
      const rebuilt = await migrateJournal({ store: this.store, journal, definition, began }, migrate)
      return this.goOn(definition, journal, began, rebuilt, options)
    })
  }

  /** Opens the journal of a run; what a crash has torn off at its end is told. */
  private async openJournal({ engine }: JournalledDefinition, runId: string): ReturnType<IJournalStore['open']> {
    const found = await this.store.open(runId)
    const repair = found?.contents.repair
    if (repair !== undefined) {
      engine.logger.warn(
        { runId, ...repair },
        'the journal of the run ended in an interrupted append, which was cut off',
      )
    }
    return found
  }

  /** What a run is bound to now. @throws HeddleError `UNKNOWN_RUN` and what the store throws */
  async began(runId: string, serializer: ISerializer): Promise<Began> {
    const contents = await this.store.read(runId)
    if (contents === undefined) throw unknownRun(runId)
    return readJournal(serializer, runId, contents).began
  }

  /** Whether there is a run that has not ended. @throws HeddleError what the store throws */
  async isLive(runId: string, serializer: ISerializer): Promise<boolean> {
    try {
      return !(await this.began(runId, serializer)).isEnded
    } catch (error) {
      if (isHeddleError(error, 'UNKNOWN_RUN')) return false
      throw error
    }
  }

  private begin(
    definition: JournalledDefinition,
    input: unknown,
    runId: string,
    options: JournalledRunOptions,
    journal: RunJournal,
  ): JournalledRun {
    const { engine, blueprint } = definition
    const writer = this.writer(engine, journal, 0)
    const { write, sync } = writer
    const prepared = prepareRun(engine, blueprint, input, runId, options, { write, sync, ...options.child })
    const text = inputText(engine.serializer, input, options.runId !== undefined)
    return this.bind(prepared, writer, definition, { input: text, cutOff: [] })
  }

  private writer({ serializer, logger }: Engine, journal: RunJournal, sinceSnapshot: number): JournalWriter {
    const { snapshotEvery, keepHistory } = this.options
    return new JournalWriter(journal, { serializer, logger, snapshotEvery, sinceSnapshot, keepHistory })
  }

  private bind(
    prepared: PreparedRun,
    writer: JournalWriter,
    { hash }: JournalledDefinition,
    { input, cutOff }: Pick<JournalledRun, 'input' | 'cutOff'>,
  ): JournalledRun {
    const { traverser, state, executorFactory, services } = prepared
    const run = bindRun(traverser, state, executorFactory, services)
    writer.run = run
    const closed = run.whenOver().then(() => writer.journal.close())
    closed.catch((error: unknown) => {
      const { runId } = run
      run.engine.logger.warn({ err: error, runId }, 'the journal of the run could not be closed in order')
    })
    return { prepared, run, hash, input, cutOff, isDriven: false, closed }
  }

  private read(
    { engine, blueprint, hash }: JournalledDefinition,
    runId: string,
    contents: JournalContents,
  ): { began: Began; rebuild: () => RebuiltRun } {
    const { began, snapshot, events } = readJournal(engine.serializer, runId, contents)
    const origin = snapshot === undefined ? {} : { snapshot }
    return {
      began,
      rebuild: () => rebuildRun(blueprint, events, { ...origin, definitionHash: hash }),
    }
  }

  private goOn(
    definition: JournalledDefinition,
    journal: RunJournal,
    began: Began,
    rebuilt: RebuiltRun,
    options: JournalledRunOptions,
  ): JournalledRun {
    const { engine } = definition
    // The next process must find in the journal which children were cut off: until they are cancelled no snapshot may come behind that.
    const writer = this.writer(engine, journal, began.cutOff.length > 0 ? 0 : began.sinceSnapshot)
    const { write, sync } = writer
    const { deadlineMs, startedAt, depth, parentRunId } = began
    const prepared = prepareRebuilt(engine, rebuilt, options, {
      write,
      sync,
      deadlineMs,
      startedAt,
      depth,
      parentRunId,
    })
    const input = inputText(engine.serializer, began.input, true)
    const journalled = this.bind(prepared, writer, definition, { input, cutOff: began.cutOff })
    const { run } = journalled
    if (run.isSettled) return journalled
    run.together(() => {
      run.tell({ type: 'run.resumed' })
      attemptInterrupted(run, rebuilt.interrupted, this.options.maxLostAttempts)
      restorePending(run)
    })
    return journalled
  }
}

/** Options of a journalled run; a child run also has a parent. */
export interface JournalledRunOptions extends RunOptions {
  readonly child?: { readonly parentRunId: string; readonly depth: number }
}

async function closingOnError<T>(journal: RunJournal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await journal.close()
    throw error
  }
}

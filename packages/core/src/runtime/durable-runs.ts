import { HeddleError } from '../errors/heddle-error.ts'
import { bindRun } from '../execution/bind-run.ts'
import type { Engine } from '../execution/engine.ts'
import type { InProcessRun } from '../execution/in-process-run.ts'
import { attemptInterrupted, restorePending } from '../execution/restored-visits.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { IJournalStore, JournalContents, RunJournal } from '../ports/journal-store.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { readEvent, writeEvent } from '../traversal/journal-text.ts'
import { nestSnapshot, type FlatSnapshot } from '../traversal/flat-snapshot.ts'
import { rebuildRun, type RebuiltRun } from '../traversal/rebuild-run.ts'
import type { RunSnapshot, SnapshotLimits } from '../traversal/run-snapshot.ts'
import type { DurableDefinition } from './durable-definition.ts'
import { checkSame, definitionMismatch } from './durable-conflicts.ts'
import { readRunEvents } from './fork-run.ts'
import { JournalWriter } from './journal-writer.ts'
import { migrateRun } from './migrate-run.ts'
import type { Migration } from './migration.ts'
import type { OpenOptions, RunOptions } from './options.ts'
import { prepareRebuilt, prepareRun, type PreparedRun } from './prepare.ts'

/** Settings of durable runs. */
export interface DurableOptions {
  /** Attempts of a visit that may be lost with their process before it fails with `ATTEMPT_LOST`. @default 5 */
  readonly maxLostAttempts?: number
  /** After how many events of a run a snapshot of it is saved, at the earliest. @default 5000 */
  readonly snapshotEvery?: number
}

/** A run whose journal is kept, ready to be driven. */
export interface DurableRun {
  readonly prepared: PreparedRun
  readonly run: InProcessRun
  /** The definition hash that it began with. */
  readonly hash: string
  readonly input: unknown
  /** Resolves when nothing more happens to the run here and its journal is closed. */
  readonly closed: Promise<void>
}

/** What a journal tells of its run before anything of it is decided. */
interface Began extends SnapshotLimits {
  readonly definitionHash: string
  readonly workflowId: string
  readonly input: unknown
}

/** Begins runs whose journals are kept, and goes on with those that were begun before, in this process or in another. */
export class DurableRuns {
  private readonly store: IJournalStore
  private readonly options: Required<DurableOptions>

  constructor(store: IJournalStore, { maxLostAttempts = 5, snapshotEvery = 5000 }: DurableOptions) {
    this.store = store
    this.options = { maxLostAttempts, snapshotEvery }
  }

  /**
   * Begins a run, or goes on with the one of this id.
   *
   * @throws HeddleError `RUN_CONFLICT` if the id belongs to a run with another definition or input, `STORE_LOCKED`,
   *   `STORE_UNAVAILABLE`, `JOURNAL_CORRUPT`
   */
  async startOrOpen(
    definition: DurableDefinition,
    input: unknown,
    runId: string,
    options: DurableRunOptions,
  ): Promise<DurableRun> {
    const found = await this.store.open(runId)
    if (found === undefined) return this.begin(definition, input, runId, options, await this.store.create(runId))
    const { journal, contents } = found
    return closingOnError(journal, async () => {
      const { began, rebuild } = this.read(definition, runId, contents)
      checkSame(definition, runId, input, { hash: began.definitionHash, input: began.input })
      return this.goOn(definition, journal, began, rebuild(), options)
    })
  }

  /**
   * Goes on with a run from the store alone.
   *
   * @throws HeddleError `UNKNOWN_RUN`, `DEFINITION_MISMATCH`, `STORE_LOCKED`, `STORE_UNAVAILABLE`, `JOURNAL_CORRUPT`
   */
  async open(definition: DurableDefinition, runId: string, { migrate, ...options }: OpenOptions): Promise<DurableRun> {
    const found = await this.store.open(runId)
    if (found === undefined) throw unknownRun(runId)
    const { journal, contents } = found
    return closingOnError(journal, async () => {
      const { began, rebuild } = this.read(definition, runId, contents)
      if (began.definitionHash === definition.hash) return this.goOn(definition, journal, began, rebuild(), options)
      if (migrate === undefined) {
        throw definitionMismatch(runId, began.workflowId, began.definitionHash, definition.hash)
      }
      const rebuilt = await this.migrate(definition, journal, began, migrate)
      return this.goOn(definition, journal, began, rebuilt, options)
    })
  }

  /** Carries a run over to another definition; from then on that is its definition. @throws HeddleError `MIGRATION_REFUSED` */
  private async migrate(
    definition: DurableDefinition,
    journal: RunJournal,
    began: Began,
    migration: Migration,
  ): Promise<RebuiltRun> {
    const { engine, blueprint, hash } = definition
    const { runId } = journal
    const events = await readRunEvents(this.store, definition, runId)
    const { snapshot, dropped } = migrateRun(definition, events, limitsOf(began), migration)
    if (dropped.length > 0) engine.logger.warn({ runId, dropped }, 'visits have no place in the new definition')
    const migrated = { type: 'run.migrated', from: began.definitionHash, to: hash, data: snapshot } as const
    const event: RunEvent = { ...migrated, seq: (events.at(-1)?.seq ?? 0) + 1, at: engine.clock.now(), runId }
    journal.append([writeEvent(engine.serializer, event)])
    await journal.sync()
    return rebuildRun(blueprint, [...events, event], { definitionHash: hash })
  }

  /** What a run is bound to now. @throws HeddleError `UNKNOWN_RUN` and what the store throws */
  async began(runId: string, serializer: ISerializer): Promise<Began> {
    const contents = await this.store.read(runId)
    if (contents === undefined) throw unknownRun(runId)
    const { snapshot, events } = readContents(serializer, runId, contents)
    return beganOf(runId, snapshot, events)
  }

  private begin(
    definition: DurableDefinition,
    input: unknown,
    runId: string,
    options: DurableRunOptions,
    journal: RunJournal,
  ): DurableRun {
    const { engine, blueprint } = definition
    const writer = this.writer(engine, journal, 0)
    const { write, sync } = writer
    const prepared = prepareRun(engine, blueprint, input, runId, options, { write, sync, ...options.child })
    return this.bind(prepared, writer, definition, input)
  }

  private writer({ serializer, logger }: Engine, journal: RunJournal, sinceSnapshot: number): JournalWriter {
    const { snapshotEvery } = this.options
    return new JournalWriter(journal, { serializer, logger, snapshotEvery, sinceSnapshot })
  }

  private bind(prepared: PreparedRun, writer: JournalWriter, { hash }: DurableDefinition, input: unknown): DurableRun {
    const { traverser, state, executorFactory, services } = prepared
    const run = bindRun(traverser, state, executorFactory, services)
    writer.run = run
    const closed = run.whenOver().then(() => writer.journal.close())
    closed.catch((error: unknown) => {
      const { runId } = run
      run.engine.logger.warn({ err: error, runId }, 'the journal of the run could not be closed in order')
    })
    return { prepared, run, hash, input, closed }
  }

  private read(
    { engine, blueprint, hash }: DurableDefinition,
    runId: string,
    contents: JournalContents,
  ): { began: Began; rebuild: () => RebuiltRun } {
    const { snapshot, events } = readContents(engine.serializer, runId, contents)
    const origin = snapshot === undefined ? {} : { snapshot }
    return {
      began: beganOf(runId, snapshot, events),
      rebuild: () => rebuildRun(blueprint, events, { ...origin, definitionHash: hash }),
    }
  }

  private goOn(
    definition: DurableDefinition,
    journal: RunJournal,
    began: Began,
    rebuilt: RebuiltRun,
    options: DurableRunOptions,
  ): DurableRun {
    const { engine } = definition
    const writer = this.writer(engine, journal, 0)
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
    const durable = this.bind(prepared, writer, definition, began.input)
    const { run } = durable
    if (run.isSettled) return durable
    run.together(() => {
      run.tell({ type: 'run.resumed' })
      attemptInterrupted(run, rebuilt.interrupted, this.options.maxLostAttempts)
      restorePending(run)
    })
    return durable
  }
}

/** Options of a durable run; a child run also has a parent. */
export interface DurableRunOptions extends RunOptions {
  readonly child?: { readonly parentRunId: string; readonly depth: number }
}

function unknownRun(runId: string): HeddleError {
  return new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
}

function readContents(
  serializer: ISerializer,
  runId: string,
  { snapshot, entries }: JournalContents,
): { readonly snapshot: RunSnapshot | undefined; readonly events: readonly RunEvent[] } {
  return {
    snapshot: snapshot === undefined ? undefined : nestSnapshot(serializer.deserialize(snapshot.text) as FlatSnapshot),
    events: entries.map((entry) => readEvent(serializer, runId, entry)),
  }
}

function beganOf(runId: string, snapshot: RunSnapshot | undefined, events: readonly RunEvent[]): Began {
  const migrated = events.findLast((event) => event.type === 'run.migrated')
  const pinned = migrated === undefined ? {} : { definitionHash: migrated.to }
  if (snapshot !== undefined) return { ...snapshot, ...snapshot.limits, ...pinned }
  const [first] = events
  if (first?.type !== 'run.started') {
    throw new HeddleError('JOURNAL_CORRUPT', `the journal of run "${runId}" does not begin with run.started`, {
      details: { runId, seq: first?.seq },
    })
  }
  return { ...first, startedAt: first.at, ...pinned }
}

function limitsOf({ deadlineMs, startedAt, depth, parentRunId }: Began): SnapshotLimits {
  return { deadlineMs, startedAt, depth, parentRunId }
}

async function closingOnError<T>(journal: RunJournal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await journal.close()
    throw error
  }
}

import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { snapshotRun } from '../execution/run/restored-visits.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { JournalSnapshot, RunJournal } from '../ports/journal-store.ts'
import type { ILogger } from '../ports/logger.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { flattenSnapshot } from '../traversal/flat-snapshot.ts'
import { writeEvent } from '../traversal/journal-text.ts'

/** What a writer works with. */
export interface JournalWriterOptions {
  readonly serializer: ISerializer
  readonly logger: ILogger
  /** After how many events a snapshot is saved, at the earliest. */
  readonly snapshotEvery: number
  /** Events since the newest snapshot. */
  readonly sinceSnapshot: number
  /** Whether the entries before a snapshot are kept. */
  readonly keepHistory: boolean
}

/** One event for so many characters of a snapshot: writing a snapshot shall cost no tenth of writing the events that it follows. */
const charactersPerEvent = 5

/** One event for so many nodes: a snapshot holds a place for each of them, also where nothing has happened yet. */
const eventsPerNode = 20

/**
 * Writes the events of one run into its journal, and saves a snapshot from time to time, so that the run can be rebuilt without
 * reading all of it. The larger the last snapshot was, the later comes the next one: together they cost no more than the events.
 */
export class JournalWriter {
  readonly journal: RunJournal
  /** The run, once it is made; it is made with the writer. */
  run: InProcessRun | undefined
  private readonly options: JournalWriterOptions
  private sinceSnapshot: number
  private nextSnapshot: number
  private isSaving = false

  constructor(journal: RunJournal, options: JournalWriterOptions) {
    this.journal = journal
    this.options = options
    this.sinceSnapshot = options.sinceSnapshot
    this.nextSnapshot = options.snapshotEvery
  }

  readonly write = (events: readonly RunEvent[]): void | Promise<void> => {
    const { serializer } = this.options
    const writing = this.journal.append(events.map((event) => writeEvent(serializer, event)))
    this.sinceSnapshot += events.length
    // It is taken now, as the run is after these events, and saved when they were written.
    const snapshot = this.sinceSnapshot >= this.nextSnapshot ? this.takeSnapshot() : undefined
    if (writing !== undefined) return this.written(writing, snapshot)
    if (snapshot !== undefined) void this.save(snapshot)
    return undefined
  }

  private async written(writing: Promise<void>, snapshot: JournalSnapshot | undefined): Promise<void> {
    await writing
    if (snapshot !== undefined) void this.save(snapshot)
  }

  readonly sync = (): Promise<void> => this.journal.sync()

  private takeSnapshot(): JournalSnapshot | undefined {
    const { run } = this
    const { serializer, logger, snapshotEvery } = this.options
    if (run === undefined || run.isSettled || this.isSaving) return undefined
    // Until a child run that was cut off is cancelled, the event that tells of it must be found.
    if (run.suspensions?.children.isCuttingOff === true) return undefined
    if (this.sinceSnapshot < run.graph.nodes.length * eventsPerNode) return undefined
    this.sinceSnapshot = 0
    try {
      const snapshot = snapshotRun(run)
      const text = serializer.serialize(flattenSnapshot(snapshot))
      this.nextSnapshot = Math.max(snapshotEvery, text.length / charactersPerEvent)
      this.isSaving = true
      return { seq: snapshot.seq, text }
    } catch (error) {
      // The journal alone is enough to rebuild the run; a state that is too large for a snapshot will not get smaller soon.
      this.nextSnapshot *= 8
      logger.warn({ err: error, runId: run.runId }, 'no snapshot of the run could be taken; its journal is kept whole')
      return undefined
    }
  }

  private async save(snapshot: JournalSnapshot): Promise<void> {
    const { runId } = this.journal
    try {
      await this.journal.saveSnapshot(snapshot)
      if (!this.options.keepHistory) await this.journal.compact()
    } catch (error) {
      this.options.logger.warn(
        { err: error, runId },
        'a snapshot of the run could not be saved; its journal is kept whole',
      )
    } finally {
      this.isSaving = false
    }
  }
}

import { isLastEvent } from '../model/last-event.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { ILogger } from '../ports/logger.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { toEvent, valuesOf } from './stored-fact.ts'

/** How many entries are read at a time. */
const pageSize = 1000

/**
 * Reads the events of a run's journal from a place on, with their values, as far as it goes.
 *
 * @param afterSeq the entry before the first one; 0 for all
 */
export async function readEvents(
  store: ICoordinationStore,
  serializer: ISerializer,
  run: RunRef,
  afterSeq: number,
): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (let seq = afterSeq; ;) {
    const entries = await store.readJournal(run, seq, pageSize)
    const values = await store.readValues(run, valuesOf(entries))
    for (const entry of entries) events.push(toEvent(serializer, run.runId, entry, values))
    const last = entries.at(-1)
    if (last === undefined || entries.length < pageSize) return events
    seq = last.seq
  }
}

/** How many ended runs are remembered. */
const endedRunsKept = 1000

interface Feed {
  seq: number
  /** The reading under way, and the one that is due after it. */
  reading: Promise<void> | undefined
  isStale: boolean
}

/** Tells listeners in this process of what is journalled in runs that are worked on here, each entry once and in order. */
export class EventFeed {
  /** Tells listeners of events as they are; for those that are not journalled. */
  readonly tell: (events: readonly RunEvent[]) => void
  private readonly store: ICoordinationStore
  private readonly logger: ILogger
  private readonly feeds: Map<string, Feed> = new Map()
  /** Incarnations of the last runs that ended, the oldest first. */
  private readonly ended: string[] = []

  constructor(store: ICoordinationStore, logger: ILogger, tell: (events: readonly RunEvent[]) => void) {
    this.store = store
    this.logger = logger
    this.tell = tell
  }

  /**
   * Entries were added to a run's journal.
   *
   * @param fromSeq place of the first one, for a run that was not told of yet
   */
  notify(run: RunRef, serializer: ISerializer, fromSeq: number): void {
    let feed = this.feeds.get(run.incarnation)
    if (feed === undefined) {
      feed = { seq: fromSeq - 1, reading: undefined, isStale: false }
      this.feeds.set(run.incarnation, feed)
    }
    feed.isStale = true
    feed.reading ??= this.read(run, serializer, feed)
  }

  private async read(run: RunRef, serializer: ISerializer, feed: Feed): Promise<void> {
    try {
      while (feed.isStale) {
        feed.isStale = false
        const events = await readEvents(this.store, serializer, run, feed.seq)
        const last = events.at(-1)
        feed.seq = last?.seq ?? feed.seq
        this.tell(events)
        if (last !== undefined && isLastEvent(last)) this.forgetLater(run)
      }
    } catch (error) {
      this.logger.warn(
        { err: error, runId: run.runId },
        'the journal could not be read for listeners; they are told later',
      )
    } finally {
      feed.reading = undefined
    }
  }

  /** A run that has ended is remembered for a while: a claim before its end may be told of after it. */
  private forgetLater({ incarnation }: RunRef): void {
    this.ended.push(incarnation)
    if (this.ended.length > endedRunsKept) this.feeds.delete(this.ended.shift() ?? '')
  }

  /** Resolves when listeners were told of everything so far; forgets the run. */
  async flush({ incarnation }: RunRef): Promise<void> {
    await this.feeds.get(incarnation)?.reading
    this.feeds.delete(incarnation)
  }
}

import type { RunEvent, RunFact } from '../../model/run-event.ts'
import type { IClock } from '../../ports/clock.ts'
import type { IEventBus } from '../../ports/event-bus.ts'

/** What a publisher is told of its run. */
export interface PublisherOptions {
  readonly keepsJournal: boolean
  /** The last place that was given before, of a run that was restored. */
  readonly seq: number
  readonly write?: EventWriter | undefined
}

/** What a publisher adds to a fact. */
interface Place {
  seq: number
  at: number
  runId: string
}

/**
 * Writes a group of events where they outlive the process, all or none: when it returns, or when its promise resolves.
 *
 * @throws HeddleError `STORE_UNAVAILABLE`, at once or by the promise
 */
export type EventWriter = (events: readonly RunEvent[]) => void | Promise<void>

/** The group of runs whose events are not written: nothing is ever put into it. */
const noEvents: RunEvent[] = []

/**
 * Gives the facts of one run their place and time, keeps them if a journal is wanted, and tells listeners. Where events are written,
 * those of one decision are written as one group, and nobody is told of them before.
 */
export class Publisher {
  /** The journal so far, if one is kept. */
  readonly journal: RunEvent[] | undefined
  /** The first events of a run whose handle has just been given out, until its owner had a chance to listen. */
  backlog: RunEvent[] | undefined
  /** The last place that was given. */
  seq: number
  /** When the last facts were published, in milliseconds since 1970; 0 while nobody wants any. */
  at = 0
  /** Settles when the group that is being written was, or could not be; there is none where writing takes no time. */
  hold: Promise<void> | undefined = undefined
  /** The last place that was written, where events are. */
  private writtenSeq: number
  private readonly runId: string
  private readonly clock: IClock
  private readonly eventBus: IEventBus
  private readonly write: EventWriter | undefined
  /** What was published and is not written yet. */
  private group: RunEvent[] = noEvents

  constructor(runId: string, clock: IClock, eventBus: IEventBus, options: PublisherOptions) {
    this.runId = runId
    this.clock = clock
    this.eventBus = eventBus
    this.journal = options.keepsJournal ? [] : undefined
    this.seq = options.seq
    this.writtenSeq = options.seq
    this.write = options.write
    if (options.write !== undefined) this.group = []
  }

  /** Whether anybody wants facts at all; asked before a decision, so that nobody pays for facts that nobody reads. */
  get wanted(): boolean {
    return (
      this.write !== undefined ||
      this.journal !== undefined ||
      this.backlog !== undefined ||
      this.eventBus.hasListeners()
    )
  }

  /** Whether events are written where they outlive the process. */
  get isWritten(): boolean {
    return this.write !== undefined
  }

  /** The events so far that are still known. */
  get history(): readonly RunEvent[] {
    return this.journal ?? this.backlog ?? []
  }

  /** Publishes facts that nobody else holds: they become the events themselves, since a copy of each would cost more than the rest. */
  publish(facts: readonly RunFact[]): void {
    const at = this.clock.now()
    this.at = at
    for (const fact of facts) {
      // Progress and chunks are told to listeners, and are no part of the journal.
      const isLive = fact.type === 'node.progress' || fact.type === 'node.chunk'
      if (!isLive) this.seq++
      const event = fact as RunFact & Place
      event.seq = this.seq
      event.at = at
      event.runId = this.runId
      if (this.write === undefined || isLive) this.tell(event, isLive)
      else this.group.push(event)
    }
  }

  private tell(event: RunEvent, isLive: boolean): void {
    if (!isLive) this.journal?.push(event)
    this.backlog?.push(event)
    this.eventBus.emit(event)
  }

  /**
   * Writes what was published since the last time, and then tells of it.
   *
   * @returns if writing takes its time, a promise of the end of both
   * @throws HeddleError `STORE_UNAVAILABLE`
   */
  commit(): Promise<void> | undefined {
    const { group } = this
    if (group.length === 0) return undefined
    this.group = []
    const writing = this.write?.(group)
    if (writing !== undefined) return this.tellWhenWritten(writing, group)
    this.tellWritten(group)
    return undefined
  }

  private async tellWhenWritten(writing: Promise<void>, group: readonly RunEvent[]): Promise<void> {
    await writing
    this.tellWritten(group)
  }

  private tellWritten(group: readonly RunEvent[]): void {
    this.writtenSeq = group.at(-1)?.seq ?? this.writtenSeq
    for (const event of group) this.tell(event, false)
  }

  /** Forgets what was published and not handed over to be written. */
  drop(): void {
    this.group = []
  }

  /** Resolves when everything published so far was written, or cannot be. @returns whether it was, where events are written */
  async written(): Promise<boolean> {
    const { seq } = this
    while (this.hold !== undefined && this.writtenSeq < seq) await this.hold
    return this.write === undefined || this.writtenSeq >= seq
  }
}

import type { RunEvent, RunFact } from '../model/run-event.ts'
import type { IClock } from '../ports/clock.ts'
import type { IEventBus } from '../ports/event-bus.ts'

/** Facts that are told to listeners but are no part of the journal. */
const liveOnly: ReadonlySet<RunFact['type']> = new Set(['node.progress', 'node.chunk'])

/** Gives the facts of one run their place and time, keeps them if a journal is wanted, and tells listeners. */
export class Publisher {
  /** The journal so far, if one is kept. */
  readonly journal: RunEvent[] | undefined
  private readonly runId: string
  private readonly clock: IClock
  private readonly eventBus: IEventBus
  private seq = 0

  constructor(runId: string, clock: IClock, eventBus: IEventBus, keepsJournal: boolean) {
    this.runId = runId
    this.clock = clock
    this.eventBus = eventBus
    this.journal = keepsJournal ? [] : undefined
  }

  /** Whether anybody wants facts at all; asked before a decision, so that nobody pays for facts that nobody reads. */
  get wanted(): boolean {
    return this.journal !== undefined || this.eventBus.hasListeners()
  }

  publish(facts: readonly RunFact[]): void {
    const at = this.clock.now()
    for (const fact of facts) {
      const isLive = liveOnly.has(fact.type)
      const event = { ...fact, seq: isLive ? this.seq : ++this.seq, at, runId: this.runId } as RunEvent
      if (!isLive) this.journal?.push(event)
      this.eventBus.emit(event)
    }
  }
}

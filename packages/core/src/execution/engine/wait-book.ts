import type { Visit } from '../../kernel/visit.ts'
import type { OpenWait } from '../../model/workflow-result.ts'
import { LastRounds } from '../../traversal/last-rounds.ts'
import type { EndedWait } from '../../traversal/run-snapshot.ts'

/** A wait that is open in this process. */
export interface WaitEntry {
  readonly wait: OpenWait
  readonly visit: Visit
  /** Name and occurrence of the durable call that waits, if one does. */
  readonly call?: string | undefined
  /** Ends the timer of its deadline. */
  readonly cancelTimer: () => void
}

/** How a wait ended that can be answered no more. */
export type WaitEnd = 'answered' | 'expired'

/** The open waits of one run, without those of child runs, and how those that are no longer open ended. */
export class WaitBook {
  private readonly open: Map<string, WaitEntry> = new Map()
  private readonly over: LastRounds<WaitEnd> = new LastRounds()

  add(entry: WaitEntry): void {
    this.open.set(entry.wait.waitId, entry)
    this.over.delete(entry.wait.waitId)
  }

  /** Takes over how waits ended before the run was restored. */
  restore(ended: readonly EndedWait[]): void {
    for (const [waitId, end] of ended) this.over.set(waitId, end)
  }

  entries(): readonly WaitEntry[] {
    return [...this.open.values()]
  }

  /** The open wait with this id. */
  get(waitId: string): WaitEntry | undefined {
    return this.open.get(waitId)
  }

  /** How the wait with this id ended, if it is over and not forgotten. */
  endOf(waitId: string): WaitEnd | undefined {
    return this.over.get(waitId)
  }

  /** How the waits ended that are over, by id: in a loop those of its last rounds, the latest last. */
  get ended(): readonly EndedWait[] {
    return this.over.entries()
  }

  close(entry: WaitEntry, how: WaitEnd | 'cancelled'): void {
    entry.cancelTimer()
    this.open.delete(entry.wait.waitId)
    if (how !== 'cancelled') this.over.set(entry.wait.waitId, how)
  }
}

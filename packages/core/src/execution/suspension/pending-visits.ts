import type { Visit } from '../../kernel/visit.ts'
import type { PendingState } from '../../traversal/run-snapshot.ts'

/** A visit that waits. */
interface Entry {
  readonly state: PendingState
  /** Ends what it waits for: a timer, a wait, a child run. */
  end: () => void
}

/** What the visits of one run that wait in this process wait for. */
export class PendingVisits {
  private readonly entries: Map<Visit, Entry> = new Map()

  /** @returns the entry, for whoever begins what is waited for; that may be over before it can be ended */
  set(visit: Visit, state: PendingState): Pick<Entry, 'end'> {
    const entry = { state, end: () => undefined }
    this.entries.set(visit, entry)
    return entry
  }

  get(visit: Visit): PendingState | undefined {
    return this.entries.get(visit)?.state
  }

  /** The visit does not wait any more. @returns whether it did */
  delete(visit: Visit): boolean {
    return this.entries.delete(visit)
  }

  /** Takes out visits that were cut off, and ends what they wait for. */
  cutOff(isCutOff: (visit: Visit) => boolean): void {
    for (const [visit, { end }] of this.entries) {
      if (!isCutOff(visit)) continue
      this.entries.delete(visit)
      end()
    }
  }

  list(): (readonly [Visit, PendingState])[] {
    return [...this.entries].map(([visit, { state }]) => [visit, state] as const)
  }

  clear(): void {
    this.entries.clear()
  }
}

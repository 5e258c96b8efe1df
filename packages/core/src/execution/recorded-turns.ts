/** After so many steps of the microtask queue, a handler has done all that follows at once from an answer. */
const quietTicks = 64

/** A recorded call that waits for its turn. */
interface HeldCall {
  readonly place: number
  readonly begin: () => void
}

/**
 * Lets the recorded calls of a handler that runs again be answered in the order in which they were answered first, each after the
 * handler has done what follows from the one before: a race has the winner that it had. No task of the process is waited for, so that
 * time stands still meanwhile.
 */
export class RecordedTurns {
  private readonly places: ReadonlyMap<string, number>
  private readonly held: HeldCall[] = []
  private readonly answered: string[] = []
  private isBusy = false

  /** @param calls names and occurrences of the recorded calls, in order */
  constructor(calls: Iterable<string>) {
    this.places = new Map([...calls].map((call, place) => [call, place]))
  }

  /** Answers a recorded call when it is its turn. Calls that are not among those in order come after them. */
  async answer<T>(call: string, answer: () => T | Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.held.push({ place: this.places.get(call) ?? Infinity, begin: resolve })
      void this.begin()
    })
    try {
      return await answer()
    } finally {
      this.note(call)
      this.isBusy = false
      void this.begin()
    }
  }

  /** The handler was answered a call that was not recorded before. */
  note(call: string): void {
    this.answered.push(call)
  }

  /** The calls that were answered, in order, without those of the first places. */
  from(place: number): readonly string[] {
    return this.answered.filter((call) => (this.places.get(call) ?? Infinity) >= place)
  }

  private async begin(): Promise<void> {
    if (this.isBusy || this.held.length === 0) return
    this.isBusy = true
    for (let tick = 0; tick < quietTicks; tick++) await Promise.resolve()
    let next = 0
    for (const [at, { place }] of this.held.entries()) if (place < (this.held[next]?.place ?? 0)) next = at
    this.held.splice(next, 1)[0]?.begin()
  }
}

/** After so many steps of the microtask queue, a handler has done all that follows at once from an answer. */
const quietTicks = 64

/** A recorded call that waits for its turn. */
interface HeldCall {
  readonly place: number
  readonly begin: () => void
}

/** What is recorded of the calls of a handler: see `VisitCalls`. */
interface CallsInOrder {
  readonly settled: ReadonlyMap<string, unknown>
  readonly answered: number
}

/**
 * Lets the recorded calls of a handler that runs again be answered in the order in which they were answered first, each after the
 * handler has done what follows from the one before: a race has the winner that it had. No task of the process is waited for, so that
 * time stands still meanwhile.
 */
export class RecordedTurns {
  private readonly places: Map<string, number>
  /** How many of the first places are known to be in the order in which the handler is answered. */
  private readonly known: number
  private readonly held: HeldCall[] = []
  /** The calls that were answered, in order, without those of the places that are known. */
  readonly answered: string[] = []
  /** How many of them were told with what was recorded. */
  private told = 0
  /** The calls that were recorded by this activation and not answered yet. */
  private readonly unanswered: Set<string> = new Set()
  /** Whether calls are answered in another order than that in which they were recorded. */
  private isReordered: boolean
  private isBusy = false

  /**
   * @param calls the recorded calls, by name and occurrence
   * @param isReordered whether the order in which calls are recorded from now on may not be that in which they are answered
   */
  constructor({ settled, answered }: CallsInOrder, isReordered: boolean = false) {
    this.isReordered = isReordered
    this.places = new Map([...settled.keys()].map((call, place) => [call, place]))
    this.known = answered
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

  /** The handler was answered a call. */
  note(call: string): void {
    this.unanswered.delete(call)
    const place = this.places.get(call) ?? -1
    if (place >= 0 && place < this.known) return
    if (place !== this.known + this.answered.length) this.isReordered = true
    this.answered.push(call)
  }

  /**
   * A call is about to be recorded, and then answered.
   *
   * @param book what is recorded of the calls by now
   * @returns the calls that are answered before it, without those that were told with an earlier one; `undefined` as long as calls are
   *   answered as they were recorded. What has settled while the handler runs is answered later: should the process end now, a race shall
   *   not be won by it the next time
   */
  record(call: string, { settled, answered }: CallsInOrder): readonly string[] | undefined {
    const { unanswered } = this
    this.isReordered ||= settled.size - answered !== this.answered.length + unanswered.size
    const before = this.isReordered ? [...this.answered.slice(this.told), ...unanswered] : undefined
    if (before === undefined) this.places.set(call, settled.size)
    else this.told = this.answered.length
    unanswered.add(call)
    return before
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

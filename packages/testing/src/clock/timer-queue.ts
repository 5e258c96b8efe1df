/** One call that is due at a time of a virtual clock. */
export interface Timer<Call = () => void> {
  /** Milliseconds since 1970. */
  readonly due: number
  /** Number of the timer: of those due at the same time the one that was set first fires first. */
  readonly order: number
  readonly callback: Call
}

/** Timers in the order in which they fire. */
export class TimerQueue<Call = () => void> {
  /** The next one last, so that taking it is cheap. */
  private timers: Timer<Call>[] = []
  private count = 0

  get size(): number {
    return this.timers.length
  }

  get next(): Timer<Call> | undefined {
    return this.timers[this.timers.length - 1]
  }

  add(due: number, callback: Call): Timer<Call> {
    const timer: Timer<Call> = { due, order: this.count++, callback }
    this.timers.splice(this.placeOf(timer), 0, timer)
    return timer
  }

  /** @returns whether the timer was still there */
  remove(timer: Timer<Call>): boolean {
    const place = this.placeOf(timer)
    if (this.timers[place] !== timer) return false
    this.timers.splice(place, 1)
    return true
  }

  clear(): void {
    this.timers = []
  }

  /** The first place whose timer does not fire after this one. */
  private placeOf(timer: Timer<Call>): number {
    let low = 0
    let high = this.timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isAfter(this.timers[middle] as Timer<Call>, timer)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isAfter(one: Timer<unknown>, other: Timer<unknown>): boolean {
  return one.due === other.due ? one.order > other.order : one.due > other.due
}

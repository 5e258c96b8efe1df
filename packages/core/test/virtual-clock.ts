import type { IClock } from '../src/ports/clock.ts'

/**
 * A clock that stands still until it is moved, and is moved at once: whoever moves it lets promises settle. `virtualClock` of
 * `@heddle/testing` lets them settle by itself; it is of no use here, since that package stands on this one.
 */
export class VirtualClock implements IClock {
  private time = 1_000_000
  private count = 0
  private readonly calls: Map<number, { readonly at: number; readonly callback: () => void }> = new Map()

  now(): number {
    return this.time
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const id = ++this.count
    this.calls.set(id, { at: this.time + Math.max(0, delayMs), callback })
    return () => this.calls.delete(id)
  }

  /** Moves the time on, and calls what is due on the way. */
  advance(ms: number): void {
    const until = this.time + ms
    for (;;) {
      const [first] = [...this.calls]
        .filter(([, { at }]) => at <= until)
        .sort(([a, one], [b, two]) => (one.at === two.at ? a - b : one.at - two.at))
      if (first === undefined) break
      this.calls.delete(first[0])
      this.time = Math.max(this.time, first[1].at)
      first[1].callback()
    }
    this.time = until
  }
}

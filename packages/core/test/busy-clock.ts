import type { IClock } from '../src/ports/clock.ts'

/** A clock whose timers never fire: that of a process which is too busy for them. */
export class BusyClock implements IClock {
  private time = 1_000_000

  now(): number {
    return this.time
  }

  schedule(): () => void {
    return () => undefined
  }

  advance(ms: number): void {
    this.time += ms
  }
}

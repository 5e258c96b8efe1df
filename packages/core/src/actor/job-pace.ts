import type { Pacer } from '../execution/engine/pacer.ts'
import type { IClock } from '../ports/clock.ts'

/** Jobs that follow one another within so many milliseconds are one stretch of work. */
const pauseMs = 1

/** Tells the pacer of an actor's attempts when jobs come after a pause, by the clock: a job is no stretch of work by itself. */
export class JobPace {
  private readonly clock: IClock
  private jobs = 0
  private idleSince = 0

  constructor(clock: IClock) {
    this.clock = clock
  }

  /** A job begins. */
  enter(pacer: Pacer): void {
    if (this.jobs++ === 0 && this.clock.now() - this.idleSince > pauseMs) pacer.arrive()
  }

  /** A job has ended. */
  leave(): void {
    if (--this.jobs === 0) this.idleSince = this.clock.now()
  }
}

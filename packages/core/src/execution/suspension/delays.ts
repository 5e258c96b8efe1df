import type { RunTimers } from './run-timers.ts'

/** The delays between attempts of one run that are waited out in their slots. */
export class Delays {
  private readonly timers: RunTimers
  /** What ends each that goes on now. */
  private readonly cancels: Set<() => void> = new Set()

  constructor(timers: RunTimers) {
    this.timers = timers
  }

  /** Resolves after a delay in milliseconds, or when the run ends or nothing more is attempted before. */
  async wait(delayMs: number): Promise<void> {
    let cancel = (): void => undefined
    await new Promise<void>((resolve) => {
      cancel = this.timers.set(delayMs, resolve, resolve)
      this.cancels.add(cancel)
    })
    this.cancels.delete(cancel)
  }

  /** Ends all delays now. */
  end(): void {
    for (const cancel of this.cancels) cancel()
  }
}

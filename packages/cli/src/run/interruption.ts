import { exitCodes } from '../exit-codes.ts'

/** A signal that asks to end. */
export type InterruptingSignal = 'SIGINT' | 'SIGTERM'

/** What an {@link Interruption} tells. */
export interface InterruptionListener {
  /** The first one: the run is being cancelled. */
  readonly onFirst: (by: InterruptingSignal) => void
  /** The second one: the process ends now. */
  readonly onSecond: () => void
}

/** Turns Ctrl-C and SIGTERM into a cancel; the second one ends the process at once. */
export class Interruption {
  private readonly controller = new AbortController()
  private readonly listener: InterruptionListener
  private first: InterruptingSignal | undefined

  constructor(listener: InterruptionListener) {
    this.listener = listener
    process.on('SIGINT', this.take)
    process.on('SIGTERM', this.take)
  }

  /** Aborts at the first one. */
  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** What came first, if anything did. */
  get by(): InterruptingSignal | undefined {
    return this.first
  }

  /** Does what the signal does; for a terminal that hands Ctrl-C on as a key. */
  readonly take = (by: InterruptingSignal): void => {
    if (this.first !== undefined) {
      this.listener.onSecond()
      process.exit(exitCodes.interrupted)
    }
    this.first = by
    this.listener.onFirst(by)
    this.controller.abort(by === 'SIGINT' ? 'interrupted by Ctrl-C' : 'asked to end by SIGTERM')
  }

  close(): void {
    process.off('SIGINT', this.take)
    process.off('SIGTERM', this.take)
  }
}

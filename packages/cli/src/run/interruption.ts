import { exitCodes, exitCodeOf } from '../exit-codes.ts'
import type { RunStatus } from '@heddle/core'

/** What ends a run before its time: a signal, or an error of the user's code outside of any node. */
type Cause = 'SIGINT' | 'SIGTERM' | 'crash'

const reasons: Readonly<Record<Cause, string>> = {
  SIGINT: 'interrupted by Ctrl-C',
  SIGTERM: 'asked to end by SIGTERM',
  crash: 'an error outside of any node',
}

/** What an {@link Interruption} tells. */
export interface InterruptionListener {
  /** The first signal: the run is being cancelled. */
  readonly onSignal: () => void
  /** An error that nothing caught, such as a promise that was rejected and forgotten: the run is being cancelled. */
  readonly onCrash: (error: unknown) => void
  /** The second signal: the process ends now. */
  readonly onEnd: () => void
}

/** Turns Ctrl-C, SIGTERM and an uncaught error into a cancel of the run; a second signal ends the process at once. */
export class Interruption {
  private readonly controller = new AbortController()
  private readonly listener: InterruptionListener
  private first: Cause | undefined

  constructor(listener: InterruptionListener) {
    this.listener = listener
    process.on('SIGINT', this.take)
    process.on('SIGTERM', this.take)
    process.on('uncaughtException', this.takeCrash)
  }

  /** Aborts at the first one. */
  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** Does what the signal does; for a terminal that hands Ctrl-C on as a key. */
  readonly take = (by: 'SIGINT' | 'SIGTERM'): void => {
    if (this.first !== undefined) {
      this.listener.onEnd()
      process.exit(exitCodes.interrupted)
    }
    this.listener.onSignal()
    this.cancel(by)
  }

  /**
   * The exit code of a run that ended so, interrupted or not.
   *
   * @param isLetGo whether the run did not end, because this process has let go of it
   */
  exitCodeOf(status: RunStatus, isLetGo = false): number {
    if (this.first === 'SIGINT' || (isLetGo && this.first === 'SIGTERM')) return exitCodes.interrupted
    return this.first === 'crash' ? exitCodes.failed : exitCodeOf(status)
  }

  close(): void {
    process.off('SIGINT', this.take)
    process.off('SIGTERM', this.take)
    process.off('uncaughtException', this.takeCrash)
  }

  private readonly takeCrash = (error: unknown): void => {
    this.listener.onCrash(error)
    if (this.first === undefined) this.cancel('crash')
  }

  private cancel(by: Cause): void {
    this.first = by
    this.controller.abort(reasons[by])
  }
}

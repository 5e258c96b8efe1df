import type { ILogger } from '@heddle/core'

/** Ends the consumers of a queue when the process is told to end. */
export class DrainOnSignal {
  private readonly signals: readonly NodeJS.Signals[]
  private readonly onSignal: (signal: NodeJS.Signals) => void

  /** @param drain resolves when the consumers have ended */
  constructor(signals: readonly NodeJS.Signals[], logger: ILogger, drain: () => Promise<void>) {
    this.signals = signals
    this.onSignal = (signal) => {
      logger.info({ signal }, 'no more jobs are taken; those under way are finished or handed back')
      void drain().then(() => {
        this.close()
        // Node ends a process on a signal only if nobody listens: now it would have.
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
      })
    }
    for (const signal of signals) process.on(signal, this.onSignal)
  }

  /** Listens no more. Idempotent. */
  close(): void {
    for (const signal of this.signals) process.off(signal, this.onSignal)
  }
}

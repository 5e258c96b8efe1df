import { HeddleError } from '../../errors/heddle-error.ts'
import type { Visit } from '../../kernel/visit.ts'

/**
 * The abort controllers of the attempts of one run. One is made only when its handler asks for the signal: a controller costs more
 * than the rest of a visit.
 */
export class AbortControllers {
  private readonly controllers: Map<Visit, AbortController> = new Map()
  private reason: HeddleError | undefined

  /** The signal of a visit's attempt; of a run that has ended, an aborted one. */
  signalOf(visit: Visit): AbortSignal {
    return this.controllerOf(visit).signal
  }

  private controllerOf(visit: Visit): AbortController {
    let controller = this.controllers.get(visit)
    if (controller === undefined) {
      controller = new AbortController()
      if (this.reason !== undefined) controller.abort(this.reason)
      this.controllers.set(visit, controller)
    }
    return controller
  }

  /** Forgets an attempt that has ended. */
  delete(visit: Visit): void {
    this.controllers.delete(visit)
  }

  /** Aborts one attempt; if its handler asks for the signal later, it gets an aborted one. */
  abort(visit: Visit, reason: unknown): void {
    this.controllerOf(visit).abort(reason)
  }

  /** Aborts every attempt, those that ask for a signal later too. */
  abortAll(reason: HeddleError): void {
    this.reason = reason
    for (const controller of this.controllers.values()) controller.abort(reason)
  }
}

/** Why the attempt of a visit is aborted that was cut off while its run goes on. */
export function cutOffError(runId: string): HeddleError {
  const message = `a visit of run "${runId}" was cut off; the outcome of its attempt no longer counts`
  return new HeddleError('RUN_CANCELLED', message, { details: { runId } })
}

/** Why attempts are aborted whose run has ended. */
export function runEndedError(runId: string): HeddleError {
  return new HeddleError('RUN_CANCELLED', `run "${runId}" has ended; its attempts are aborted`, { details: { runId } })
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { Visit } from '../kernel/visit.ts'

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

  /** Aborts the attempts of visits that were cut off. */
  abortVisits(visits: readonly Visit[]): void {
    for (const [visit, controller] of this.controllers) {
      const isCutOff = visits.some(
        ({ node, frame, item }) => node === visit.node && frame === visit.frame && item === visit.item,
      )
      if (isCutOff) {
        controller.abort(new HeddleError('RUN_CANCELLED', 'the visit was cut off; its outcome no longer counts'))
      }
    }
  }

  /** Aborts every attempt, those that ask for a signal later too. */
  abortAll(reason: HeddleError): void {
    this.reason = reason
    for (const controller of this.controllers.values()) controller.abort(reason)
  }
}

/** Why attempts are aborted whose run has ended. */
export function runEndedError(runId: string): HeddleError {
  return new HeddleError('RUN_CANCELLED', `run "${runId}" has ended; its attempts are aborted`, { details: { runId } })
}

import type { HeddleError } from '../../errors/heddle-error.ts'
import { runDeadline } from '../../errors/run-errors.ts'
import type { IClock } from '../../ports/clock.ts'

/** What ends a run from outside: its deadline, and the signal of whoever started it. */
export interface EndConditions {
  /** Limit of the run in milliseconds from its start. */
  readonly deadlineMs?: number | undefined
  /** When the run began, in milliseconds since 1970, if it goes on from a journal. */
  readonly startedAt?: number | undefined
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal | undefined
}

/** A run that is ended by them. */
export interface LimitedRun {
  readonly runId: string
  readonly engine: { readonly clock: IClock }
  readonly waiting: { setTimer(delayMs: number, counts: boolean, fire: () => void): () => void }
  fail(error: HeddleError): void
  cancel(reason: string): void
}

const nothing = (): void => undefined

/** Ends a run at its deadline, or when the signal of whoever started it aborts. */
export class LimitWatch {
  /** When the run began, in milliseconds since 1970, if it has a deadline. */
  startedAt: number | undefined
  /** When the run has to have ended, in milliseconds since 1970, while that is still to come. */
  due: number | undefined
  private readonly conditions: EndConditions
  private deadlineMs: number | undefined
  private stop: () => void = nothing

  constructor(conditions: EndConditions) {
    this.conditions = conditions
    this.startedAt = conditions.startedAt
  }

  /** @param policyDeadlineMs the deadline that the blueprint sets */
  begin(run: LimitedRun, policyDeadlineMs: number | undefined): void {
    const { signal, deadlineMs = policyDeadlineMs } = this.conditions
    if (deadlineMs !== undefined) this.setDeadline(run, deadlineMs)
    if (signal !== undefined) this.stop = watchSignal(signal, (reason) => run.cancel(reason))
  }

  private setDeadline(run: LimitedRun, deadlineMs: number): void {
    const now = run.engine.clock.now()
    this.startedAt ??= now
    this.deadlineMs = deadlineMs
    this.due = this.startedAt + deadlineMs
    if (this.due > now) run.waiting.setTimer(this.due - now, false, () => this.pass(run))
    else this.pass(run)
  }

  /** Ends the run if its deadline has passed, also where the timer comes late: the process was busy, or had just taken the run up. */
  enforce(run: LimitedRun): void {
    if (this.due !== undefined && this.due <= run.engine.clock.now()) this.pass(run)
  }

  private pass(run: LimitedRun): void {
    const { due, deadlineMs = 0 } = this
    if (due === undefined) return
    this.due = undefined
    run.fail(runDeadline(run.runId, deadlineMs))
  }

  end(): void {
    this.due = undefined
    this.stop()
  }
}

/**
 * Calls back once when a signal aborts, at once if it has.
 *
 * @returns stops watching
 */
export function watchSignal(signal: AbortSignal, aborted: (reason: string) => void): () => void {
  const onAbort = (): void => aborted(String(signal.reason))
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}

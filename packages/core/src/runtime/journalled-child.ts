import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { ChildRequest, ChildRun, GivenAnswer } from '../execution/engine/child-run.ts'
import type { WaitEnd } from '../execution/engine/wait-book.ts'
import type { Explanation } from '../model/explanation.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import { explainRun } from '../traversal/explain-run.ts'
import type { JournalledRun } from './run-journals.ts'
import { childRunId, InProcessChild } from './in-process-child.ts'

/** How the journal of a child run is opened, and who is told of it. */
export interface JournalledChildOptions {
  /** Opens the run, or answers the one that is open here. */
  readonly openRun: (runId: string) => Promise<JournalledRun>
  /** Told of the opening: the run can be found by its id from now on. It rejects if the run is not opened after all. */
  readonly onOpening: (runId: string, opening: Promise<JournalledRun>) => void
  /** Told of a child that was cut off; the promise resolves when it is cancelled. */
  readonly onCutOff: (runId: string, cancelling: Promise<void>) => void
}

/**
 * A child run with a journal of its own: it is begun, or gone on with, once its journal is open. Its id follows from its parent's
 * visit, so a parent that goes on in another process finds the same child.
 */
export class JournalledChild implements ChildRun {
  readonly runId: string
  readonly startedAs: string | undefined
  private readonly request: ChildRequest
  private readonly options: JournalledChildOptions
  private child: InProcessChild | undefined
  private opening: Promise<void> | undefined
  private cancelReason: string | undefined
  private abandonedBy: HeddleError | undefined

  constructor(request: ChildRequest, options: JournalledChildOptions) {
    this.request = request
    this.runId = childRunId(request)
    this.startedAs = request.startedAs
    this.options = options
  }

  begin(): void {
    const { request, options, runId } = this
    request.onActive(true)
    const opening = this.open()
    options.onOpening(runId, opening)
    this.opening = this.carryOut(opening)
  }

  private async open(): Promise<JournalledRun> {
    const isStarted = await this.request.whenWritten()
    if (this.abandonedBy !== undefined) throw this.abandonedBy
    if (isStarted) return this.options.openRun(this.runId)
    throw new HeddleError('ALREADY_CLOSED', `child run "${this.runId}" is not begun: its parent run is over here`, {
      details: { runId: this.runId },
    })
  }

  private async carryOut(opening: Promise<JournalledRun>): Promise<void> {
    const { request } = this
    try {
      const { prepared, run, isDriven } = await opening
      const child = new InProcessChild(request, prepared)
      this.child = child
      if (this.abandonedBy !== undefined) child.abandon(this.abandonedBy)
      else if (this.cancelReason === undefined) child.begin(isDriven)
      // One that has not begun leaves nothing behind.
      else if (run.control.run.phase === 'created') run.abandon(cutOffError(this.runId))
    } catch (error) {
      if (this.abandonedBy !== undefined || this.cancelReason !== undefined) return
      if (!isHeddleError(error)) throw error
      request.onBroken(error)
      request.onActive(false)
    }
  }

  whenOpen(): Promise<void> | undefined {
    return this.opening
  }

  abandon(error: HeddleError): void {
    this.abandonedBy ??= error
    this.child?.abandon(error)
  }

  cancel(reason: string): Promise<void> {
    this.cancelReason = reason
    const cancelling = this.cancelWhenWritten(reason)
    this.options.onCutOff(this.runId, cancelling)
    return cancelling
  }

  private async cancelWhenWritten(reason: string): Promise<void> {
    const isCutOff = await this.request.whenWritten()
    await this.opening
    if (isCutOff) await this.child?.cancelWritten(reason)
    // As far as the store knows, its parent still waits for it.
    else this.child?.abandon(cutOffError(this.runId))
  }

  /** What the run is rebuilt from is its own journal. */
  snapshot(): undefined {
    return undefined
  }

  waits(): readonly OpenWait[] {
    return this.child?.waits() ?? []
  }

  endedWaits(): ReadonlyMap<string, WaitEnd> {
    return this.child?.endedWaits() ?? new Map<string, WaitEnd>()
  }

  mayOpen(name: string, last: WaitEnd): boolean {
    return this.child?.mayOpen(name, last) ?? false
  }

  explain(): Explanation {
    return this.child?.explain() ?? explainRun(this.runId, 'running', [{ type: 'not-begun' }], 0)
  }

  async answer(waitId: string, answer: GivenAnswer): Promise<void> {
    await this.opening
    await this.child?.answer(waitId, answer)
  }
}

function cutOffError(runId: string): HeddleError {
  return new HeddleError('ALREADY_CLOSED', `child run "${runId}" is over here: its parent run does not wait for it`, {
    details: { runId },
  })
}

import type { HeddleError } from '../errors/heddle-error.ts'
import { isHeddleError } from '../errors/heddle-error.ts'
import type { ChildRequest, ChildRun, GivenAnswer } from '../execution/child-run.ts'
import type { WaitEnd } from '../execution/wait-book.ts'
import type { Explanation } from '../model/explanation.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import { explainRun } from '../traversal/explain-run.ts'
import type { DurableRun } from './durable-runs.ts'
import { childRunId, InProcessChild } from './in-process-child.ts'

/** How the journal of a child run is opened. */
export interface DurableChildOptions {
  readonly openRun: (runId: string) => Promise<DurableRun>
  /** Told of the opening, which resolves when the child run goes on, or was cancelled. */
  readonly onOpening: (opening: Promise<void>) => void
}

/**
 * A child run with a journal of its own: it is begun, or gone on with, once its journal is open. Its id follows from its parent's
 * visit, so a parent that goes on in another process finds the same child.
 */
export class DurableChild implements ChildRun {
  readonly runId: string
  private readonly request: ChildRequest
  private readonly options: DurableChildOptions
  private child: InProcessChild | undefined
  private opening: Promise<void> | undefined
  private cancelReason: string | undefined
  private isAbandoned = false

  constructor(request: ChildRequest, options: DurableChildOptions) {
    this.request = request
    this.runId = childRunId(request)
    this.options = options
  }

  begin(): void {
    this.request.onActive(true)
    this.opening = this.open()
    this.options.onOpening(this.opening)
  }

  private async open(): Promise<void> {
    const { request } = this
    try {
      const { prepared, run } = await this.options.openRun(this.runId)
      if (this.isAbandoned) return
      const child = new InProcessChild(request, prepared)
      this.child = child
      // From here on the child says by itself when it is at rest.
      if (this.cancelReason === undefined) child.begin()
      else run.cancel(this.cancelReason)
    } catch (error) {
      if (this.isAbandoned || this.cancelReason !== undefined) return
      if (!isHeddleError(error)) throw error
      request.onBroken(error)
      request.onActive(false)
    }
  }

  abandon(error: HeddleError): void {
    this.isAbandoned = true
    this.child?.abandon(error)
  }

  cancel(reason: string): void {
    this.cancelReason = reason
    this.child?.cancel(reason)
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

  explain(): Explanation {
    return this.child?.explain() ?? explainRun(this.runId, 'running', [{ type: 'not-begun' }], 0)
  }

  async answer(waitId: string, answer: GivenAnswer): Promise<void> {
    await this.opening
    await this.child?.answer(waitId, answer)
  }
}

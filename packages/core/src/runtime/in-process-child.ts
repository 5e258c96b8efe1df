import { HeddleError } from '../errors/heddle-error.ts'
import type { ChildRequest, ChildRun, GivenAnswer } from '../execution/engine/child-run.ts'
import { explainInProcess } from '../execution/run/explain-in-process.ts'
import { bindRun } from '../execution/run/bind-run.ts'
import { restorePending, snapshotRun } from '../execution/run/restored-visits.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { Pump } from '../execution/run/pump.ts'
import type { RunDriver } from '../execution/run/run-driver.ts'
import type { WaitEnd } from '../execution/engine/wait-book.ts'
import { sha256 } from '../graph/sha-256.ts'
import type { Explanation } from '../model/explanation.ts'
import { visitKey } from '../model/visit.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'
import { inputText } from './input-text.ts'
import type { PreparedRun } from './prepare.ts'
import type { BookedRun, RunBook } from './run-book.ts'
import { InProcessHandle } from './in-process-handle.ts'

/** What the id of a child run follows from. The visit counts as it was named when the child was started. */
type ChildOrigin = Pick<ChildRequest, 'parentRunId' | 'attempt'> & {
  readonly on: Pick<ChildRequest['on'], 'name'>
} & (Pick<ChildRequest, 'visit' | 'startedAs'> | { readonly startedAs: string })

/** The id of a child run: the same for a re-dispatch of the parent's visit, another one for a retry. */
export function childRunId(origin: ChildOrigin): string {
  const { parentRunId, attempt, on } = origin
  const startedAs = 'visit' in origin ? (origin.startedAs ?? visitKey(origin.visit)) : origin.startedAs
  return sha256(new TextEncoder().encode(JSON.stringify([parentRunId, startedAs, attempt, on.name]))).slice(0, 32)
}

/** Whether an id may be that of a child run. */
export function isChildRunId(runId: string): boolean {
  return /^[\da-f]{32}$/u.test(runId)
}

/** A child run that runs to completion in this process, beside its parent. */
export class InProcessChild implements ChildRun, RunDriver {
  readonly runId: string
  private readonly request: ChildRequest
  private readonly onEnd: (wasAnswered: boolean) => void
  private readonly prepared: PreparedRun
  private readonly run: InProcessRun
  private pump: Pump | undefined
  private isActive = false
  private hasTold = false

  /** @param onEnd told when the run has ended, and whether anybody from outside has had to do with it */
  constructor(request: ChildRequest, prepared: PreparedRun, onEnd: (wasAnswered: boolean) => void = () => undefined) {
    this.request = request
    this.onEnd = onEnd
    this.prepared = prepared
    this.runId = prepared.state.runId
    const { traverser, state, executorFactory, services } = prepared
    this.run = bindRun(traverser, state, executorFactory, services)
    this.run.passDeadlinesAbove = request.passDeadlines
  }

  /** @param isDriven whether somebody else carries the run out in this process */
  begin(isDriven = false): void {
    if (isDriven) {
      this.follow()
      return
    }
    const pump = new Pump(this.run, Infinity)
    this.pump = pump
    this.setActive(true)
    this.run.driver = this
    this.run.begin()
    restorePending(this.run)
    // It may have ended by now, and is not active any more then.
    pump.fill()
    // One that had ended before its parent's process did has only to tell what it came to.
    if (this.run.isSettled && !this.hasTold && !this.run.isHeld) this.restDue()
  }

  private follow(): void {
    const { run } = this
    const { driver } = run
    this.setActive(true)
    run.driver = {
      workDue: () => {
        this.setActive(true)
        driver.workDue()
      },
      restDue: () => {
        driver.restDue()
        this.restDue()
      },
    }
    if (run.isAtRest && !run.isHeld) this.restDue()
  }

  workDue(): void {
    this.setActive(true)
    this.pump?.fill()
  }

  restDue(): void {
    if (!this.run.isSettled) {
      this.setActive(false)
      return
    }
    this.hasTold = true
    if (this.run.brokenBy !== undefined) {
      this.request.onBroken(this.run.brokenBy)
      return
    }
    const children = this.run.suspensions?.children
    if (children?.isCuttingOff === true) void this.tellWhenCutOff(children)
    else this.tell()
  }

  /** Whoever is told of the end needs not look after what the run has cut off. */
  private async tellWhenCutOff(children: { whenCutOff(): Promise<void> }): Promise<void> {
    await children.whenCutOff()
    this.tell()
  }

  /** The run as whoever asks for it by its id finds it. @param hash that of its definition */
  book(hash: () => string): BookedRun {
    const { run } = this
    const handle = new InProcessHandle(run, run.engine.eventBus)
    const input = inputText(run.engine.serializer, run.state.input, false)
    return { handle, atRest: run.whenSettled(), hash, input, isEnded: () => run.isSettled }
  }

  private tell(): void {
    this.onEnd(this.run.endedWaits().size > 0)
    const result = this.prepared.state.toResult(this.prepared.services.options.serializer)
    if (result.status === 'completed') {
      this.request.onSettled({ type: 'child-completed', output: result.output }, 'completed')
    } else {
      const status = result.status === 'cancelled' ? 'cancelled' : 'failed'
      this.request.onSettled({ type: 'child-failed', error: this.errorOf(result) }, status)
    }
    this.setActive(false)
  }

  private setActive(isActive: boolean): void {
    if (this.isActive === isActive) return
    this.isActive = isActive
    this.request.onActive(isActive)
  }

  private errorOf(result: WorkflowResult): HeddleError {
    const [error] = result.errors
    if (error !== undefined) return error
    return new HeddleError('RUN_CANCELLED', `child run "${this.runId}" was cancelled`, {
      details: { runId: this.runId },
    })
  }

  abandon(error: HeddleError): void {
    this.run.abandon(error)
  }

  cancel(reason: string): void {
    this.run.cancel(reason)
  }

  /** The same; resolves when it is written that the run is cancelled. */
  async cancelWritten(reason: string): Promise<void> {
    if (!this.run.isSettled) this.run.cancel(reason)
    await this.run.written()
    await this.run.suspensions?.children.whenCutOff()
  }

  whenOpen(): undefined {
    return undefined
  }

  snapshot(): RunSnapshot {
    return snapshotRun(this.run)
  }

  waits(): readonly OpenWait[] {
    return this.run.openWaits()
  }

  endedWaits(): ReadonlyMap<string, WaitEnd> {
    return this.run.endedWaits()
  }

  mayOpen(name: string, last: WaitEnd): boolean {
    return this.run.mayOpen(name, last)
  }

  explain(): Explanation {
    return explainInProcess(this.run)
  }

  answer(waitId: string, answer: GivenAnswer): Promise<void> {
    return this.run.answer(waitId, answer)
  }
}

/** A child run that can be found by its id. @param hash that of its definition */
export function bookedChild(
  request: ChildRequest,
  prepared: PreparedRun,
  book: RunBook,
  hash: () => string,
): InProcessChild {
  const { runId } = prepared.state
  const child = new InProcessChild(request, prepared, (isKept) => book.endChild(runId, isKept))
  book.addChild(runId, () => child.book(hash))
  return child
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { ChildRequest, ChildRun, GivenAnswer } from '../execution/child-run.ts'
import { explainInProcess } from '../execution/explain-in-process.ts'
import { bindRun } from '../execution/bind-run.ts'
import { restorePending, snapshotRun } from '../execution/restored-visits.ts'
import type { InProcessRun } from '../execution/in-process-run.ts'
import { Pump } from '../execution/pump.ts'
import type { WaitEnd } from '../execution/wait-book.ts'
import { sha256 } from '../graph/sha-256.ts'
import type { Explanation } from '../model/explanation.ts'
import { visitKey } from '../model/visit.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'
import type { PreparedRun } from './prepare.ts'

/** The id of a child run: the same for a re-dispatch of the parent's visit, another one for a retry. */
export function childRunId({ parentRunId, visit, attempt, on }: ChildRequest): string {
  return sha256(new TextEncoder().encode(JSON.stringify([parentRunId, visitKey(visit), attempt, on.name]))).slice(0, 32)
}

/** A child run that runs to completion in this process, beside its parent. */
export class InProcessChild implements ChildRun {
  readonly runId: string
  private readonly request: ChildRequest
  private readonly prepared: PreparedRun
  private readonly run: InProcessRun
  private isActive = false
  private hasTold = false

  constructor(request: ChildRequest, prepared: PreparedRun) {
    this.request = request
    this.prepared = prepared
    this.runId = prepared.state.runId
    const { traverser, state, executorFactory, services } = prepared
    this.run = bindRun(traverser, state, executorFactory, services)
  }

  begin(): void {
    const pump = new Pump(this.run, Infinity)
    this.setActive(true)
    this.run.onWork = () => {
      this.setActive(true)
      pump.fill()
    }
    this.run.onRest = () => this.rest()
    this.run.begin()
    restorePending(this.run)
    pump.fill()
    // One that had ended before its parent's process did has only to tell what it came to.
    if (this.run.isSettled && !this.hasTold) this.rest()
  }

  private rest(): void {
    if (!this.run.isSettled) {
      this.setActive(false)
      return
    }
    this.hasTold = true
    if (this.run.brokenBy !== undefined) {
      this.request.onBroken(this.run.brokenBy)
      return
    }
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

  snapshot(): RunSnapshot {
    return snapshotRun(this.run)
  }

  waits(): readonly OpenWait[] {
    return this.run.openWaits()
  }

  endedWaits(): ReadonlyMap<string, WaitEnd> {
    return this.run.endedWaits()
  }

  explain(): Explanation {
    return explainInProcess(this.run)
  }

  answer(waitId: string, answer: GivenAnswer): Promise<void> {
    return this.run.answer(waitId, answer)
  }
}

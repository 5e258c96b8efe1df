import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { explainInProcess, statusNow } from '../execution/run/explain-in-process.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { findByToken, hashToken, invalidToken } from '../execution/engine/wait-tokens.ts'
import { snapshotRun } from '../execution/run/restored-visits.ts'
import { flattenSnapshot } from '../traversal/flat-snapshot.ts'
import type { Explanation } from '../model/explanation.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { eventStream } from './event-stream.ts'

/** The handle of a run in this process. If the run is carried out over a store, it asks the store. */
export class InProcessHandle implements RunHandle {
  readonly runId: string
  private readonly run: InProcessRun
  private readonly eventBus: IEventBus

  constructor(run: InProcessRun, eventBus: IEventBus) {
    this.run = run
    this.runId = run.state.runId
    this.eventBus = eventBus
  }

  result(): Promise<WorkflowResult & { readonly output: unknown }> {
    return this.run.whenSettled()
  }

  async status(): Promise<RunStatus | 'running'> {
    if (this.run.isHeld) await this.run.unheld()
    return this.run.elsewhere?.status() ?? statusNow(this.run)
  }

  async explain(): Promise<Explanation> {
    if (this.run.isHeld) await this.run.unheld()
    return this.run.elsewhere?.explain() ?? explainInProcess(this.run)
  }

  events(): AsyncIterable<RunEvent> {
    const { elsewhere, facts, isSettled } = this.run
    return elsewhere?.events() ?? eventStream(this.eventBus, this.runId, facts.publisher.history, isSettled)
  }

  async journal(): Promise<readonly RunEvent[]> {
    const { elsewhere, facts } = this.run
    return elsewhere?.journal() ?? facts.publisher.journal ?? []
  }

  async snapshot(): Promise<string> {
    if (this.run.elsewhere !== undefined) return this.run.elsewhere.snapshot()
    if (this.run.isHeld) await this.run.unheld()
    try {
      return this.run.engine.serializer.serialize(flattenSnapshot(snapshotRun(this.run)))
    } catch (error) {
      if (!isHeddleError(error, 'LIMIT_EXCEEDED')) throw error
      throw new HeddleError('STATE_TOO_LARGE', `the state of run "${this.runId}" is too large: ${error.message}`, {
        details: { ...error.details, runId: this.runId },
        cause: error,
      })
    }
  }

  async waits(): Promise<readonly OpenWait[]> {
    if (this.run.isHeld) await this.run.unheld()
    return this.run.elsewhere?.waits() ?? this.run.openWaits()
  }

  async resume(nameOrId: string, payload?: unknown, action?: string): Promise<void> {
    const { elsewhere } = this.run
    return elsewhere === undefined
      ? this.run.resume(nameOrId, payload, action)
      : elsewhere.resume(nameOrId, payload, action)
  }

  async resumeByToken(token: string, payload?: unknown, action?: string): Promise<void> {
    const { run, runId } = this
    if (run.elsewhere !== undefined) return run.elsewhere.resumeByToken(token, payload, action)
    const tokenHash = hashToken(token)
    const waitId = findByToken([...run.endedWaits().keys(), ...run.openWaits().map((wait) => wait.waitId)], tokenHash)
    if (waitId === undefined) throw invalidToken(runId)
    return run.resume(waitId, payload, action)
  }

  async cancel(reason?: string): Promise<void> {
    const { elsewhere } = this.run
    if (elsewhere !== undefined) return elsewhere.cancel(reason)
    this.run.cancel(reason)
    if (this.run.isHeld) await this.run.written()
  }
}

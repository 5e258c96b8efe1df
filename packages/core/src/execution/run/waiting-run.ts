import type { HeddleError } from '../../errors/heddle-error.ts'
import { isAmong, type Visit } from '../../kernel/visit.ts'
import type { Resumption } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { OpenWait } from '../../model/workflow-result.ts'
import type { VisitCalls } from '../../traversal/visit-calls.ts'
import { cutOffError } from '../attempt/abort-controllers.ts'
import type { CallHost } from '../calls/call-host.ts'
import type { CommitScope } from './commit-scope.ts'
import type { GivenAnswer } from '../engine/child-run.ts'
import { isForgotten } from '../../traversal/last-rounds.ts'
import { findEnd, type EndOfRun } from '../suspension/find-wait.ts'
import { mayOpenAgain } from '../suspension/may-open.ts'
import type { KnownWait } from '../suspension/missing-wait.ts'
import { InFlight } from './in-flight.ts'
import { RunParts } from './run-parts.ts'
import { causeOfEnd } from './start-and-end-facts.ts'
import type { SuspensionHost } from '../suspension/suspension-host.ts'
import { Suspensions } from '../suspension/suspensions.ts'
import type { WaitEnd } from '../engine/wait-book.ts'

/** Attempts visits, so many at once. */
export interface SlotHolder {
  /** So many attempts were cut off: their slots are free. */
  free(count: number): void
}

/** No waits. */
export const nothing: readonly string[] = []

/** What one run in this process waits for, and how that is answered. */
export abstract class WaitingRun extends RunParts implements SuspensionHost {
  /** What the run waits for, once there is anything. */
  suspensions: Suspensions | undefined
  /** Visits whose attempt is under way, for snapshots: whoever restores one makes these attempts again. */
  readonly inFlight: InFlight = new InFlight()
  /** Who attempts the visits, and is told of attempts that were cut off: nobody waits for them. */
  slots: SlotHolder | undefined
  /** Of a child run: ends what is past its time in the runs above. */
  passDeadlinesAbove: (() => Promise<void> | undefined) | undefined
  protected abstract readonly scope: CommitScope
  /** The waits with which it was told that the run rests; none once it goes on. */
  protected awaited: readonly string[] = nothing

  abstract get isSettled(): boolean
  abstract resumeVisit(visit: Visit, resumption: Resumption, fact?: RunFact): void
  abstract checkRest(): void
  abstract abandon(error: HeddleError): void
  /** Ends the run if its deadline has passed; see `LimitWatch.enforce`. */
  abstract enforceDeadline(): void

  get waiting(): Suspensions {
    if (this.suspensions === undefined) {
      const suspensions = new Suspensions(this, this.state.endedWaits)
      this.suspensions = suspensions
      this.state.waitSource = suspensions
    }
    return this.suspensions
  }

  get calls(): CallHost {
    return this.waiting.calls
  }

  recordedCalls(visit: Visit): VisitCalls | undefined {
    return this.suspensions?.calls.find(visit)
  }

  endOfRun(): EndOfRun | undefined {
    const { run, failures } = this.control
    const { phase: status } = run
    if (status === 'created' || status === 'live') return undefined
    const hasFailed = status === 'failed' || status === 'compensating'
    return { runId: this.runId, status, error: hasFailed ? causeOfEnd(failures) : undefined }
  }

  isCurrent(visit: Visit): boolean {
    return !this.isSettled && this.inFlight.has(visit)
  }

  note(fact: RunFact): boolean | Promise<boolean> {
    const { scope } = this
    scope.enter()
    this.tell(fact)
    scope.leave()
    return scope.isHeld ? this.noted() : scope.broken === undefined
  }

  private async noted(): Promise<boolean> {
    await this.written()
    return this.scope.broken === undefined
  }

  /** Whether events are being written: what was decided since is known to nobody yet. */
  get isHeld(): boolean {
    return this.scope.isHeld
  }

  /** Resolves when everything that was decided so far was written, or cannot be. @returns whether it was, where events are written */
  written(): Promise<boolean> {
    return this.publisher.written()
  }

  /** Resolves when the run stands where its written events say, with nothing decided since; or when it cannot go on here. */
  async unheld(): Promise<void> {
    while (this.isHeld) await this.publisher.hold
  }

  /**
   * Resolves when it was written that a visit is attempted.
   *
   * @returns false if it must not be attempted any more: it was cut off meanwhile, or nothing more happens to the run here
   */
  async mayAttempt(visit: Visit): Promise<boolean> {
    await this.written()
    if (!this.isSettled && !this.inFlight.isCutOff(visit)) return true
    if (this.inFlight.end(visit)) this.state.underWay--
    return false
  }

  addUnderWay(count: number): void {
    this.state.underWay += count
    if (count > 0) this.awaited = nothing
  }

  /** Tells once for each rest what the run waits for: attempts that end together bring it to rest once. */
  protected tellAwaiting(): void {
    const waits = this.openWaits().map(({ waitId }) => waitId)
    const { awaited } = this
    const isTold = waits.length === awaited.length && waits.every((waitId, at) => waitId === awaited[at])
    this.awaited = waits
    if (!isTold) this.tell({ type: 'run.awaiting', waits })
  }

  /** These visits were cut off: their attempts are aborted, nobody waits for their handlers, and nothing more of them happens. */
  protected cutOff(visits: readonly Visit[]): void {
    const isCutOff = isAmong(this.graph, visits)
    const attempts = this.inFlight.takeOut(isCutOff)
    for (const visit of attempts) this.controllers.abort(visit, cutOffError(this.runId))
    this.state.underWay -= attempts.length
    this.suspensions?.cutOff(isCutOff)
    this.slots?.free(attempts.length)
  }

  /** The open waits of this run and of its child runs. */
  openWaits(): readonly OpenWait[] {
    return this.suspensions?.openWaits() ?? []
  }

  /** How the waits of this run and of its child runs ended that are over, by id. */
  endedWaits(): ReadonlyMap<string, WaitEnd> {
    return this.suspensions?.endedWaits() ?? new Map(this.state.endedWaits)
  }

  knownWait(nameOrId: string): KnownWait {
    const { runId } = this
    const ended = this.endedWaits()
    const how = findEnd(ended, nameOrId)
    return {
      runId,
      how,
      isById: ended.has(nameOrId),
      isForgotten: isForgotten(ended.keys(), nameOrId),
      mayOpen: how !== undefined && this.mayOpen(nameOrId, how),
      end: this.endOfRun(),
    }
  }

  /** Whether a wait of this name, of which the last one ended so, may open again in this run or in a child run. */
  mayOpen(name: string, last: WaitEnd): boolean {
    if (this.endOfRun() !== undefined) return false
    const { graph, traverser } = this
    if (mayOpenAgain({ graph, root: traverser.root }, { name, last }, [...this.endedWaits().keys()])) return true
    return this.suspensions?.children.runs.mayOpen(name, last) ?? false
  }

  passDeadlines(): Promise<void> | undefined {
    const above = this.passDeadlinesAbove?.()
    return above === undefined ? this.passOwnDeadlines() : above.then(() => this.passOwnDeadlines())
  }

  private passOwnDeadlines(): Promise<void> | undefined {
    this.enforceDeadline()
    const { suspensions } = this
    suspensions?.deadlines.passDue()
    return suspensions?.children.isCuttingOff === true ? suspensions.children.whenCutOff() : undefined
  }

  /**
   * Answers an open wait of this run or of a child run, once.
   *
   * @param nameOrId the wait's name if only one of that name is open, else its id
   * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
   */
  async resume(nameOrId: string, payload: unknown, action?: string): Promise<void> {
    const passing = this.passDeadlines()
    if (passing !== undefined) await passing
    await this.waiting.answer(nameOrId, payload, action)
    await this.scope.synced()
  }

  /** The same for the parent run, by the id of an open wait. */
  async answer(waitId: string, given: GivenAnswer): Promise<void> {
    const passing = this.passDeadlines()
    if (passing !== undefined) await passing
    await this.waiting.answerById(waitId, given)
    await this.scope.synced()
  }
}

import type { HeddleError } from '../../errors/heddle-error.ts'
import { nameVisit, type Visit } from '../../kernel/visit.ts'
import type { Outcome, Resumption, SingleSuspension, Suspension } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import { idInChild, waitIdFor } from '../../model/wait-id.ts'
import type { OpenWait } from '../../model/workflow-result.ts'
import type { EndedWait, Pending, PendingState, SuspendedState, VisitCallsData } from '../../traversal/run-snapshot.ts'
import type { CallsSuspension } from '../../traversal/visit-calls.ts'
import { AwaitedChildren, type ChildBefore, type ChildOutcomes } from './awaited-children.ts'
import { AwaitedWaits, type WaitOutcomes } from './awaited-waits.ts'
import { CallBooks } from '../calls/call-books.ts'
import type { ChildRun, GivenAnswer } from '../engine/child-run.ts'
import { Deadlines } from './deadlines.ts'
import { Delays } from './delays.ts'
import { findWait } from './find-wait.ts'
import { missingWait } from './missing-wait.ts'
import { PendingVisits } from './pending-visits.ts'
import { RunTimers } from './run-timers.ts'
import type { OpenSuspension } from './open-suspension.ts'
import type { SuspensionHost } from './suspension-host.ts'
import type { WaitEnd } from '../engine/wait-book.ts'
import { nameWaiter, type Waiter } from './waiter.ts'

/** Everything that one run in this process waits for: timers, waits, child runs. */
export class Suspensions implements ChildOutcomes, WaitOutcomes {
  private readonly host: SuspensionHost
  private readonly waits: AwaitedWaits
  private readonly timers: RunTimers
  readonly deadlines: Deadlines
  readonly delays: Delays
  readonly children: AwaitedChildren
  /** The durable calls of handlers. */
  readonly calls: CallBooks
  private readonly pending: PendingVisits = new PendingVisits()
  /** The sleeps that go on, of nodes and of handlers. */
  private readonly sleeps: Set<{ readonly cancel: () => void }> = new Set()

  /** @param endedWaits how the waits ended that are over, of a run that was restored */
  constructor(host: SuspensionHost, endedWaits: readonly EndedWait[]) {
    this.host = host
    this.timers = new RunTimers(host.engine.clock)
    this.deadlines = new Deadlines(this.timers, host.engine.clock)
    this.delays = new Delays(this.timers)
    this.waits = new AwaitedWaits(host, this, this.deadlines, endedWaits)
    this.children = new AwaitedChildren(host, this, this.deadlines, endedWaits)
    this.calls = new CallBooks(host)
  }

  /**
   * Calls back after a delay in milliseconds, unless the run ends before.
   *
   * @param counts whether the run is under way while the timer runs; the deadline of a wait or of the run does not count
   * @returns cancels it
   */
  setTimer(delayMs: number, counts: boolean, fire: () => void): () => void {
    if (!counts) return this.timers.set(delayMs, fire)
    this.host.addUnderWay(1)
    const end = (): void => this.host.addUnderWay(-1)
    return this.timers.set(delayMs, fire, end)
  }

  /** Sees to it that a visit that was suspended goes on. */
  suspend(visit: Visit, on: Suspension): void {
    if (on.type === 'calls') this.suspendCalls(visit, on)
    else if (on.type === 'items') this.pending.set(visit, { type: 'suspended', on })
    else {
      const due = this.dueOf(on)
      this.restore(visit, on, { since: this.host.engine.clock.now(), ...(due === undefined ? {} : { due }) })
      this.tellOpened({ visit }, on, due)
    }
  }

  /** Tells of what is open by now: who hears of a wait can answer it at once. */
  private tellOpened(waiter: Waiter, on: SingleSuspension, due: number | undefined): void {
    const { host } = this
    const fields = nameWaiter(host.graph, waiter)
    const { name } = on
    if (on.type === 'timer') host.tell({ type: 'timer.set', ...fields, name, delayMs: on.delayMs })
    if (on.type !== 'wait') return
    const deadline = due === undefined ? {} : { deadline: due }
    host.tell({ type: 'wait.opened', ...fields, waitId: waitIdFor(on, fields, waiter.call), name, ...deadline })
  }

  /**
   * The same for a visit that was suspended before its run was restored.
   *
   * @param before since when it waits, when it is due, and its child run if that was started
   */
  restore(visit: Visit, on: Suspension, before: Omit<SuspendedState, 'type' | 'on'>): void {
    const { child: _child, ...times } = before
    const waiting = this.pending.set(visit, { ...times, type: 'suspended', on })
    if (on.type === 'calls') {
      const { settled } = this.calls.of(visit)
      if (on.calls.some(({ call }) => settled.has(call))) this.wake(visit)
    } else if (on.type !== 'items') waiting.end = this.attend({ visit }, on, before)
  }

  /** Opens the calls that a handler waits for; if one has settled already, the visit goes on at once. */
  private suspendCalls(visit: Visit, on: CallsSuspension): void {
    this.pending.set(visit, { type: 'suspended', on })
    const book = this.calls.of(visit)
    const hasSettled = book.suspend(on)
    for (const { call } of on.calls) {
      const open = book.open.get(call)
      if (open === undefined || this.calls.isAttended(visit, call)) continue
      const due = this.dueOf(open.on)
      book.note(call, { since: this.host.engine.clock.now(), ...(due === undefined ? {} : { due }) })
      this.attendCall(visit, call, due === undefined ? {} : { due })
      this.tellOpened({ visit, call }, open.on, due)
    }
    if (hasSettled) this.wake(visit)
  }

  /** Goes on with the calls of a visit that was live before its run was restored. */
  restoreCalls(visit: Visit, data: VisitCallsData): void {
    const book = this.calls.restore(visit, data)
    const open = [...book.open]
    for (const [call, before] of open) this.attendCall(visit, call, before)
  }

  private attendCall(visit: Visit, call: string, before: ChildBefore): void {
    const on = this.calls.of(visit).open.get(call)?.on
    if (on !== undefined) this.calls.attend(visit, call, this.attend({ visit, call }, on, before))
  }

  /** Sees to it that somebody goes on. @returns ends that */
  private attend(waiter: Waiter, on: SingleSuspension, before: ChildBefore): () => void {
    if (on.type === 'child') return this.children.start(waiter, on, before)
    if (on.type === 'wait') return this.waits.open(waiter, on, before.due)
    return this.sleep(waiter, on.name, this.left(before.due))
  }

  private wake(visit: Visit): void {
    if (!this.pending.delete(visit)) return
    this.host.resumeVisit(visit, { type: 'calls-settled' })
  }

  private dueOf(on: Suspension): number | undefined {
    const delayMs = on.type === 'timer' ? on.delayMs : on.type === 'wait' ? on.timeoutMs : undefined
    return delayMs === undefined ? undefined : this.host.engine.clock.now() + delayMs
  }

  private left(due: number | undefined): number {
    return due === undefined ? 0 : Math.max(0, due - this.host.engine.clock.now())
  }

  /** Calls back when a visit's next attempt is due. */
  retryLater(visit: Visit, due: number, retry: () => void): void {
    const { lastError } = visit
    const state = { type: 'retry', due, ...(lastError === undefined ? {} : { error: lastError }) } as const
    this.pending.set(visit, state).end = this.setTimer(this.left(due), true, () => {
      this.pending.delete(visit)
      retry()
    })
  }

  /** What each visit waits for, as it is now. */
  pendingVisits(): Pending[] {
    return this.pending.list().map(([visit, state]) => {
      const child = state.type === 'suspended' ? this.children.runs.kept(this.children.placeOf({ visit })) : undefined
      const kept = child === undefined ? state : { ...(state as Extract<PendingState, { type: 'suspended' }>), child }
      return { visit, state: kept, calls: this.keptCalls(visit) }
    })
  }

  /** What a snapshot keeps of the durable calls of a visit. */
  keptCalls(visit: Visit): VisitCallsData | undefined {
    const data = this.calls.find(visit)?.data
    if (data === undefined) return undefined
    const open = data.open.map(([call, { child: _child, ...rest }]): VisitCallsData['open'][number] => {
      const child = this.children.runs.kept(this.children.placeOf({ visit, call }))
      return [call, child === undefined ? rest : { ...rest, child }]
    })
    return { ...data, open }
  }

  /** The same without a look inside child runs. */
  openSuspensions(): OpenSuspension[] {
    const childOf = (waiter: Waiter): ChildRun | undefined => this.children.runs.of(this.children.placeOf(waiter))
    return this.pending.list().map(([visit, state]) => {
      const open = [...(this.calls.find(visit)?.open ?? [])]
      const calls = open.map(([call, { on, due, since }]) => ({
        call,
        on,
        due,
        since,
        child: childOf({ visit, call }),
      }))
      return { visit, state, child: childOf({ visit }), calls }
    })
  }

  /** Something that is waited for has ended: the visit goes on, unless its handler runs anyway. */
  goOn({ visit, call }: Waiter, resumption: Resumption, fact: RunFact): void {
    const { host, pending } = this
    if (call === undefined) {
      pending.delete(visit)
      host.resumeVisit(visit, resumption, fact)
      return
    }
    this.calls.settled(visit, call)
    this.calls.find(visit)?.settle(call, nameVisit(host.graph, visit).nodeId, resumption)
    if (pending.get(visit)?.type === 'suspended' && pending.delete(visit)) {
      host.resumeVisit(visit, { type: 'calls-settled' }, fact)
    } else void host.note(fact)
  }

  /** What an accepted outcome means for the durable calls of its visit. */
  settleCalls(visit: Visit, { status }: Outcome, isRetried: boolean): void {
    if (status === 'suspended') return
    if (isRetried) this.calls.retry(visit)
    else this.calls.end(visit)
  }

  /** Ends what visits wait for that were cut off, themselves and the durable calls of their handlers. */
  cutOff(isCutOff: (visit: Visit) => boolean): void {
    this.pending.cutOff(isCutOff)
    this.calls.cutOff(isCutOff)
  }

  /** For child runs. */
  endsAt({ visit, call }: Waiter, due: number): void {
    if (call !== undefined) this.calls.find(visit)?.note(call, { due })
  }

  private sleep(waiter: Waiter, name: string, delayMs: number): () => void {
    const fields = nameWaiter(this.host.graph, waiter)
    const sleep = { cancel: (): void => undefined }
    const cancelTimer = this.setTimer(delayMs, true, () => {
      this.sleeps.delete(sleep)
      this.goOn(waiter, { type: 'fired' }, { type: 'timer.fired', ...fields, name })
    })
    const cancel = (): void => {
      cancelTimer()
      if (this.sleeps.delete(sleep)) this.host.tell({ type: 'timer.cancelled', ...fields, name })
    }
    sleep.cancel = cancel
    this.sleeps.add(sleep)
    return cancel
  }

  /** Answers an open wait of this run or of a child run; see `InProcessRun.resume`. */
  async answer(nameOrId: string, payload: unknown, action?: string): Promise<void> {
    const { runId } = this.host
    const found = findWait(this.openWaits(), nameOrId, runId)
    if (found === undefined) throw missingWait(nameOrId, this.host.knownWait(nameOrId))
    await this.answerById(found.waitId, { runId, nameOrId, payload, ...(action === undefined ? {} : { action }) })
  }

  /** The same by the id that this run lists. */
  async answerById(waitId: string, given: GivenAnswer): Promise<void> {
    const inside = idInChild(waitId)
    const child = inside === undefined ? undefined : this.children.runs.of(inside.place)
    if (inside !== undefined && child !== undefined) {
      await child.answer(inside.waitId, given)
      return
    }
    await this.waits.answer(waitId, given)
  }

  /** For waits. */
  schemaOf({ visit, call = '' }: Waiter): StandardSchema | undefined {
    return this.calls.schemaOf(visit, call)
  }

  /** The open waits of this run and of its child runs; the ids of the latter begin with the way to them. */
  openWaits(): readonly OpenWait[] {
    return [...this.waits.waits(), ...this.children.runs.waits()]
  }

  /** How the waits of this run and of its child runs ended that are over, by id. */
  endedWaits(): ReadonlyMap<string, WaitEnd> {
    return new Map([...this.children.runs.endedWaits(), ...this.waits.ended])
  }

  /** The same for snapshots: live child runs keep theirs by themselves. */
  get keptEnds(): EndedWait[] {
    return [...this.children.runs.endedOfSettled(), ...this.waits.ended]
  }

  /** Lets go of everything without telling of it: what the store knows is taken up by whoever goes on with the run. */
  abandon(error: HeddleError): void {
    this.sleeps.clear()
    this.pending.clear()
    this.calls.clear()
    this.timers.cancelAll()
    this.children.runs.abandon(error)
  }

  /** Ends timers, waits and child runs, since the run has ended. */
  end(): void {
    this.waits.end()
    for (const { cancel } of this.sleeps) cancel()
    this.children.end()
    this.pending.clear()
    this.calls.clear()
    this.timers.cancelAll()
  }
}

import type { Visit } from '../../kernel/visit.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { AttemptContext, AttemptSlot } from '../attempt/attempt-context.ts'
import { callHandler, failAttempt, finishAttempt, openAttempt } from '../attempt/attempt.ts'
import { attemptAgain } from './attempt-once.ts'
import type { SuspendRequest } from '../engine/engine.ts'
import type { InProcessRun } from './in-process-run.ts'
import type { Pacer } from '../engine/pacer.ts'
import type { SlotHolder } from './waiting-run.ts'
import { isThenable } from '../../model/value-kinds.ts'

/**
 * Attempts the ready visits of one run, at most `concurrency` at a time. Each slot is one async loop: take a visit, await its
 * handler, settle it, take the next; so a visit starts as soon as its own join fires and a slot is free, and no closure is made for
 * it. The limit is a pool: a slow visit holds one slot and no other visit. Handlers that never really wait are paced, so that timers,
 * and with them deadlines and cancels, have their turn.
 */
export class Pump implements AttemptSlot, SlotHolder {
  private readonly run: InProcessRun
  private readonly concurrency: number
  private readonly pacer: Pacer
  /** How many visits may still be attempted. */
  private left: number
  private slots = 0
  private isFilling = false
  private fillsLater = false

  /** @param quota how many visits are attempted in all, those that are ready first; each with all its retries in its slot */
  constructor(run: InProcessRun, concurrency: number, quota: number = Infinity) {
    this.run = run
    this.concurrency = concurrency
    this.pacer = run.engine.pacer
    this.left = quota
    run.slots = this
  }

  /** So many attempts were cut off: their slots are free. */
  free(count: number): void {
    this.slots -= count
    if (this.slots === 0 && !this.isFilling) this.rest()
  }

  /** Opens slots for the visits that are ready. */
  fill(): void {
    // A slot runs until its first await, and may itself make visits ready: only the outermost call opens slots.
    if (this.isFilling) return
    this.isFilling = true
    this.enter()
    const { ready } = this.run.control
    while (ready.length > 0 && this.left > 0 && this.slots < this.concurrency && !this.run.isSettled) {
      if (this.pacer.isDue()) {
        void this.fillLater()
        break
      }
      this.slots++
      void this.work()
    }
    this.leave()
    this.isFilling = false
    if (this.slots === 0) this.rest()
  }

  /** A run of its own is one stretch of work; one that is stepped through goes on where the last step ended. */
  private enter(): void {
    if (this.left === Infinity) this.pacer.enter()
  }

  private leave(): void {
    if (this.left === Infinity) this.pacer.leave()
  }

  /** Goes on opening slots when others have had their turn. */
  private async fillLater(): Promise<void> {
    if (this.fillsLater) return
    this.fillsLater = true
    await this.pacer.turn
    this.fillsLater = false
    this.fill()
  }

  private next(): Visit | undefined {
    const { run } = this
    while (this.left > 0) {
      const visit = run.control.ready.shift()
      if (visit === undefined) return undefined
      this.left--
      if (run.start(visit)) return visit
    }
    return undefined
  }

  /** An attempt of one of the loops was suspended: the loop ends there, and another one goes on in its slot. */
  suspended(context: AttemptContext, request: SuspendRequest): void {
    this.leave()
    this.run.settle(context.visit, finishAttempt(context, request))
    if (this.run.control.ready.length > 1) this.fill()
    void this.work()
  }

  private async work(): Promise<void> {
    const { run, pacer } = this
    const { ready } = run.control
    const { publisher } = run
    let started: Visit | undefined
    this.enter()
    for (let visit = this.next(); visit !== undefined; visit = started ?? this.next()) {
      let outcome: Outcome
      let context: AttemptContext | undefined
      let isAwaited = false
      if (publisher.hold !== undefined && !(await run.mayAttempt(visit))) {
        this.leave()
        return
      }
      try {
        context = openAttempt(run, visit)
        const returned = callHandler(context)
        if (isThenable(returned)) {
          isAwaited = true
          context.slot = this
          visit.since = publisher.at
          const value = await returned
          // What a handler still does that was suspended counts no more, and another loop has its slot.
          if (context.slot === undefined) return
          outcome = finishAttempt(context, value)
        } else outcome = finishAttempt(context, returned)
      } catch (error) {
        if (isAwaited && context?.slot === undefined) return
        outcome = failAttempt(context, error)
      }
      if (outcome.status === 'failed' && this.left < Infinity) outcome = await attemptAgain(run, visit, outcome)
      if (run.watch.due !== undefined) run.enforceDeadline()
      // Whoever cut the attempt off did not wait for it, and its slot was given to others.
      const hasSlot = !run.inFlight.isCutOff(visit)
      if (publisher.isWritten) started = this.settleAndStart(visit, outcome, hasSlot)
      else run.settle(visit, outcome)
      if (!hasSlot) {
        this.leave()
        return
      }
      if (ready.length > 1) this.fill()
      if (started !== undefined) continue
      // Loops do not wait for their turn one by one: they end here, and are opened again.
      if (pacer.isDue() && ready.length > 0) {
        this.leave()
        this.slots--
        void this.fillLater()
        return
      }
    }
    this.leave()
    this.slots--
    if (this.slots === 0 && !this.isFilling) this.rest()
  }

  /**
   * Settles a visit. If that makes one other visit ready, it is started: the outcome and the beginning of the attempt that follows it
   * are written as one group, which is half the writing of a chain.
   *
   * @param goesOn whether the loop still has its slot
   * @returns the visit that was started
   */
  private settleAndStart(visit: Visit, outcome: Outcome, goesOn: boolean): Visit | undefined {
    const { run, pacer } = this
    let started: Visit | undefined
    run.together(() => {
      run.settle(visit, outcome)
      if (goesOn && run.control.ready.length === 1 && !pacer.isDue()) started = this.next()
    })
    return run.brokenBy === undefined ? started : undefined
  }

  /** Every slot is free: all that may be attempted now was. */
  private rest(): void {
    const { run } = this
    run.checkRest()
    // Of a number of visits, some may have been cut off before they were attempted.
    if (this.left <= 0 || (this.left < Infinity && run.control.ready.length === 0)) run.driver.restDue()
  }
}

import type { Visit } from '../kernel/visit.ts'
import type { Outcome } from '../model/outcome.ts'
import type { AttemptContext } from './attempt-context.ts'
import { callHandler, failAttempt, failUnopened, finishAttempt, isThenable, openAttempt } from './attempt.ts'
import { attemptAgain } from './attempt-once.ts'
import type { InProcessRun } from './in-process-run.ts'

/** After how many visits in one go the pump lets timers and other runs have their turn. */
const visitsBeforeYield = 4096

/**
 * Attempts the ready visits of one run, at most `concurrency` at a time. Each slot is one async loop: take a visit, await its
 * handler, settle it, take the next; so a visit starts as soon as its own join fires and a slot is free, and no closure is made for
 * it. The limit is a pool: a slow visit holds one slot and no other visit.
 */
export class Pump {
  private readonly run: InProcessRun
  private readonly concurrency: number
  /** How many visits may still be attempted. */
  private left: number
  private slots = 0
  private isFilling = false
  private sinceYield = 0

  /** @param quota how many visits are attempted in all, those that are ready first; each with all its retries in its slot */
  constructor(run: InProcessRun, concurrency: number, quota: number = Infinity) {
    this.run = run
    this.concurrency = concurrency
    this.left = quota
  }

  /** Opens slots for the visits that are ready. */
  fill(): void {
    // A slot runs until its first await, and may itself make visits ready: only the outermost call opens slots.
    if (this.isFilling) return
    this.isFilling = true
    const { ready } = this.run.control
    while (ready.length > 0 && this.left > 0 && this.slots < this.concurrency && !this.run.isSettled) {
      this.slots++
      void this.work()
    }
    this.isFilling = false
    if (this.slots === 0) this.rest()
  }

  private next(): Visit | undefined {
    if (this.left <= 0) return undefined
    const visit = this.run.take()
    if (visit !== undefined) this.left--
    return visit
  }

  private async work(): Promise<void> {
    const { run } = this
    for (let visit = this.next(); visit !== undefined; visit = this.next()) {
      let outcome: Outcome
      let context: AttemptContext | undefined
      try {
        context = openAttempt(run, visit)
        const returned = callHandler(context)
        outcome = finishAttempt(context, isThenable(returned) ? await returned : returned)
      } catch (error) {
        outcome = context === undefined ? failUnopened(error) : failAttempt(context, error)
      }
      if (outcome.status === 'failed' && this.left < Infinity) outcome = await attemptAgain(run, visit, outcome)
      run.settle(visit, outcome)
      if (run.control.ready.length > 1) this.fill()
      if (++this.sinceYield >= visitsBeforeYield) await this.yieldTurn()
    }
    this.slots--
    if (this.slots === 0 && !this.isFilling) this.rest()
  }

  /** Every slot is free: all that may be attempted now was. */
  private rest(): void {
    this.run.checkRest()
    if (this.left <= 0) this.run.onRest()
  }

  /** A run of handlers that never really wait would otherwise keep timers, and so deadlines, from firing. */
  private async yieldTurn(): Promise<void> {
    this.sinceYield = 0
    await new Promise<void>((resolve) => {
      this.run.engine.yieldTurn(resolve)
    })
  }
}

import type { IClock } from '@heddle/core'
import { TimerQueue } from '../clock/timer-queue.ts'
import { promisesSettled } from './promises-settled.ts'

/** When a simulated world begins, in milliseconds since 1970. */
const beginningMs = 1_000_000_000_000

/**
 * The time of one simulated world, and everything that is going to happen in it: a list of calls by time, carried out one at a time.
 * The store goes by it; a worker has a clock of its own, which may be wrong.
 */
export class VirtualTime implements IClock {
  /** Messages under way and the like. */
  private readonly posted = new TimerQueue<() => void | Promise<void>>()
  /** Timers of processes, which may come late if nobody misses them. */
  private readonly timers = new TimerQueue()
  private time = beginningMs

  now(): number {
    return this.time
  }

  /** Milliseconds since the world began. */
  get passedMs(): number {
    return this.time - beginningMs
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = this.timers.add(this.time + Math.max(delayMs, 0), callback)
    return () => {
      this.timers.remove(timer)
    }
  }

  /**
   * Lets something happen after a time; no time is skipped over it.
   *
   * @param happen the time stands still until what it answers has settled, if it is a promise
   */
  post(delayMs: number, happen: () => void | Promise<void>): void {
    this.posted.add(this.time + Math.max(delayMs, 0), happen)
  }

  /** When the next message arrives; `undefined` if none is under way. */
  get nextPostedAt(): number | undefined {
    return this.posted.next?.due
  }

  /** Lets time pass in which nobody does anything but look; timers that become due by it come late. */
  skipTo(timeMs: number): void {
    const until = Math.min(timeMs, this.posted.next?.due ?? Infinity)
    if (until !== Infinity && until > this.time) this.time = until
  }

  /**
   * Carries out what happens next, and everything that follows from it without time passing.
   *
   * @returns false if nothing is going to happen
   */
  async step(): Promise<boolean> {
    const message = this.posted.next
    const timer = this.timers.next
    if (message !== undefined && (timer === undefined || message.due <= timer.due)) {
      this.posted.remove(message)
      this.skipTo(message.due)
      await message.callback()
    } else if (timer === undefined) return false
    else {
      this.timers.remove(timer)
      this.skipTo(timer.due)
      timer.callback()
    }
    await promisesSettled()
    return true
  }
}

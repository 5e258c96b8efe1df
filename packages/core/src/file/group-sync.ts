import type { IClock } from '../ports/clock.ts'

interface Waiter {
  /** The number of writes that must be on the disk. */
  readonly writes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Options of a {@link GroupSync}. */
export interface GroupSyncOptions {
  readonly everyMs: number
  readonly clock: IClock
  /** Resolves when everything that was written before the call is on the disk. */
  readonly flush: () => Promise<void>
}

/**
 * Brings what was written to the disk together, at most once in an interval, and only if something was written. A write that nobody
 * waits for is on its way after one interval at the latest; one that is waited for as soon as the interval allows it.
 */
export class GroupSync {
  private readonly options: GroupSyncOptions
  private writes = 0
  private durable = 0
  /** When the last flush began, by the clock. */
  private flushedAt = -Infinity
  private dueAt = Infinity
  private cancel: (() => void) | undefined
  private running: Promise<void> | undefined
  private waiters: Waiter[] = []
  private isHasty = false
  private stopped: Error | undefined

  constructor(options: GroupSyncOptions) {
    this.options = options
  }

  /** Something was written. */
  wrote(): void {
    this.writes++
    if (this.cancel === undefined && this.running === undefined) this.plan(this.options.everyMs)
  }

  /** Resolves when everything that was written before the call is on the disk; rejects with the error of a flush. */
  sync(): Promise<void> {
    const { writes } = this
    if (writes === this.durable) return Promise.resolve()
    if (this.stopped !== undefined) return Promise.reject(this.stopped)
    return new Promise((resolve, reject) => {
      this.waiters.push({ writes, resolve, reject })
      this.plan(this.soonest())
    })
  }

  /** As {@link sync}; from now on the interval is not waited for. */
  syncAtOnce(): Promise<void> {
    this.isHasty = true
    return this.sync()
  }

  /** Flushes nothing more. Who waits is told the error, and who asks later. */
  stop(error: Error): void {
    this.stopped ??= error
    this.cancel?.()
    this.cancel = undefined
    for (const { reject } of this.waiters.splice(0)) reject(error)
  }

  /** Milliseconds to the next flush that the interval allows; a clock that was set back delays it by no more than one. */
  private soonest(): number {
    const { everyMs, clock } = this.options
    if (this.isHasty) return 0
    return Math.min(Math.max(0, this.flushedAt + everyMs - clock.now()), everyMs)
  }

  private plan(delayMs: number): void {
    if (this.running !== undefined || this.stopped !== undefined) return
    const { clock } = this.options
    const dueAt = clock.now() + delayMs
    if (this.cancel !== undefined && this.dueAt <= dueAt) return
    this.cancel?.()
    this.cancel = undefined
    this.dueAt = dueAt
    if (delayMs === 0) this.flush()
    else this.cancel = clock.schedule(delayMs, () => this.flush())
  }

  private flush(): void {
    this.cancel?.()
    this.cancel = undefined
    this.flushedAt = this.options.clock.now()
    const { writes } = this
    this.running = this.flushUpTo(writes)
  }

  private async flushUpTo(writes: number): Promise<void> {
    try {
      await this.options.flush()
      this.running = undefined
    } catch (error) {
      this.running = undefined
      this.stop(error as Error)
      return
    }
    this.durable = writes
    const waiting = this.waiters
    this.waiters = waiting.filter((waiter) => waiter.writes > writes)
    for (const waiter of waiting) if (waiter.writes <= writes) waiter.resolve()
    if (this.writes > writes) this.plan(this.waiters.length > 0 ? this.soonest() : this.options.everyMs)
  }
}

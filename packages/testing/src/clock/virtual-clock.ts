import { HeddleError, type IClock } from '@heddle/core'
import { eventLoopTurn } from './event-loop-turn.ts'
import { TimerQueue, type Timer } from './timer-queue.ts'

/** Options of a {@link virtualClock}. */
export interface VirtualClockOptions {
  /**
   * The time at which the clock stands at first, in milliseconds since 1970.
   * @default 0
   */
  readonly startMs?: number
  /**
   * How many timers one call may fire; past it the call throws `LIMIT_EXCEEDED` instead of running forever.
   * @default 100_000
   */
  readonly maxTimers?: number
}

/**
 * A clock that stands still until it is moved. Timers fire in the order of their times, those of the same time in the order in which
 * they were set. Every method that moves the clock lets promises settle before the first timer and after each one, so that what a
 * timer starts has its effect at the timer's own time. Calls that overlap are carried out one after the other.
 */
export interface VirtualClock extends IClock {
  /** How many timers are set. */
  readonly pending: number
  /** When the next timer fires, in milliseconds since 1970; `undefined` if none is set. */
  readonly nextAt: number | undefined
  /**
   * Moves the clock forward and fires what becomes due, timers that are set meanwhile included.
   *
   * @param ms a finite number from 0 up
   * @throws HeddleError `INVALID_OPTION`, `LIMIT_EXCEEDED`
   */
  advance(ms: number): Promise<void>
  /** Moves the clock to the next timer and fires that one. @returns false if no timer is set */
  advanceToNext(): Promise<boolean>
  /** Fires timers until none is set. @returns how many fired. @throws HeddleError `LIMIT_EXCEEDED` */
  runAll(): Promise<number>
  /** Lets promises settle until the clock is no longer used; the time stays. */
  settle(): Promise<void>
  /** Forgets all timers and sets the time, back too: for whoever runs something again from its beginning. */
  reset(timeMs: number): void
}

/** The clock has to be left alone for this many turns of the event loop before it moves. */
const quietTurns = 2

/** However busy a program is, the clock moves after this many turns. */
const maxTurns = 1000

/**
 * A clock for tests: no test sleeps.
 *
 * @example
 * ```ts
 * const clock = virtualClock()
 * const runtime = new FlowRuntime({ clock })
 * const sleeps = { id: 'night', nodes: [{ id: 'sleep', uses: 'sleep', params: { durationMs: 28_800_000 } }], edges: [] }
 * const run = await runtime.start(sleeps)
 * await clock.advance(28_800_000)
 * console.log(await run.status()) // completed
 * ```
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new ManualClock(options)
}

class ManualClock implements VirtualClock {
  private readonly timers = new TimerQueue()
  private readonly maxTimers: number
  private time: number
  /** Counts what was done with timers: while it grows, somebody is at work. */
  private uses = 0
  private last: Promise<unknown> = Promise.resolve()

  constructor({ startMs = 0, maxTimers = 100_000 }: VirtualClockOptions) {
    this.time = checkTime('startMs', startMs)
    this.maxTimers = maxTimers
  }

  get pending(): number {
    return this.timers.size
  }

  get nextAt(): number | undefined {
    return this.timers.next?.due
  }

  now(): number {
    return this.time
  }

  schedule(delayMs: number, callback: () => void): () => void {
    this.uses++
    const timer = this.timers.add(this.time + (Number.isNaN(delayMs) ? 0 : Math.max(0, delayMs)), callback)
    return () => {
      if (this.timers.remove(timer)) this.uses++
    }
  }

  async advance(ms: number): Promise<void> {
    checkTime('ms', ms)
    await this.inTurn(async () => {
      const end = this.time + ms
      await this.untilQuiet()
      await this.fireUpTo(end)
      this.time = end
    })
  }

  advanceToNext(): Promise<boolean> {
    return this.inTurn(async () => {
      await this.untilQuiet()
      const timer = this.timers.next
      if (timer === undefined) return false
      await this.fire(timer)
      return true
    })
  }

  runAll(): Promise<number> {
    return this.inTurn(async () => {
      await this.untilQuiet()
      return this.fireUpTo(Infinity)
    })
  }

  settle(): Promise<void> {
    return this.inTurn(() => this.untilQuiet())
  }

  reset(timeMs: number): void {
    this.time = checkTime('timeMs', timeMs)
    this.timers.clear()
  }

  private inTurn<T>(move: () => Promise<T>): Promise<T> {
    const result = this.last.then(move)
    this.last = result.catch(() => undefined)
    return result
  }

  private async fireUpTo(end: number): Promise<number> {
    let fired = 0
    for (let timer = this.timers.next; timer !== undefined && timer.due <= end; timer = this.timers.next) {
      if (fired++ >= this.maxTimers) throw tooManyTimers(this.maxTimers)
      await this.fire(timer)
    }
    return fired
  }

  private async fire(timer: Timer): Promise<void> {
    this.timers.remove(timer)
    this.time = Math.max(this.time, timer.due)
    timer.callback()
    await this.untilQuiet()
  }

  private async untilQuiet(): Promise<void> {
    let quiet = 0
    for (let turn = 0; turn < maxTurns && quiet < quietTurns; turn++) {
      const before = this.uses
      await eventLoopTurn()
      quiet = this.uses === before ? quiet + 1 : 0
    }
  }
}

function checkTime(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw new HeddleError(
    'INVALID_OPTION',
    `${name} of a virtual clock must be a number of milliseconds from 0 up, not ${value}`,
    {
      details: { [name]: value },
    },
  )
}

function tooManyTimers(maxTimers: number): HeddleError {
  return new HeddleError(
    'LIMIT_EXCEEDED',
    `a virtual clock fired ${maxTimers} timers in one call; a timer that sets itself again never ends: use advance(ms)`,
    {
      details: { maxTimers },
    },
  )
}

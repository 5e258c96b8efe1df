import type { IClock } from '../../ports/clock.ts'

/** For how many milliseconds work may go on before timers and other tasks of the process have their turn. */
const turnMs = 10

/** The same in pieces of work, for clocks that stand still. */
const maxPieces = 16_384

/** The clock is looked at once in this many pieces of work, if they are quick. */
const maxStride = 32

/** At the beginning of work, of which nothing is known, it is looked at after this many pieces at the latest. */
const firstStride = 8

/** Pieces of work that take longer, in milliseconds, are looked at one by one. */
const quickMs = 1

/**
 * Sees to it that work which never really waits does not keep timers, and so deadlines and cancels, from their turn. One pacer serves
 * all that works in one runtime: when others are to have their turn, everybody stops for it.
 */
export class Pacer {
  private readonly clock: IClock
  private readonly yieldTurn: (callback: () => void) => void
  /** How many loops are at work. */
  private working = 0
  /** Whether nobody was at work at some time since the clock was looked at. */
  private wasIdle = true
  private stride = 1
  /** Pieces of work until the clock is looked at. */
  private left = 1
  /** Pieces of work since others had their turn, counted whenever the clock is looked at. */
  private pieces = 0
  /** When others had their turn, and when the clock was looked at. */
  private since = 0
  private seen = 0
  private resting: Promise<void> | undefined

  constructor(clock: IClock, yieldTurn: (callback: () => void) => void) {
    this.clock = clock
    this.yieldTurn = yieldTurn
  }

  /** A loop begins to work, which goes on for as long as there is work. */
  enter(): void {
    if (this.working++ === 0) this.arrive()
  }

  /** A loop has ended. */
  leave(): void {
    this.working--
  }

  /** Work begins after a pause, in which others had their turn as far as is known: what is short need not let them have it first. */
  arrive(): void {
    this.wasIdle = true
    if (this.left <= firstStride) return
    this.pieces -= this.left - firstStride
    this.left = firstStride
  }

  /** Resolves when others have had their turn; `undefined` when they are not to have it. */
  get turn(): Promise<void> | undefined {
    return this.resting
  }

  /**
   * Counts a piece of work that is about to begin; answers whether others are to have their turn before. Who has waited for that asks
   * again, since those who went on first may have worked long enough: `while (pacer.isDue()) await pacer.turn`.
   */
  isDue(): boolean {
    return --this.left > 0 ? false : this.look()
  }

  private look(): boolean {
    if (this.resting !== undefined) return true
    const now = this.clock.now()
    this.pieces += this.stride
    // Of a clock that was set back nothing is known either.
    if ((this.wasIdle && now - this.since >= turnMs) || now < this.since) this.since = now
    this.stride = this.wasIdle || now - this.seen <= quickMs ? Math.min(this.stride * 2, maxStride) : 1
    this.left = this.stride
    this.wasIdle = false
    this.seen = now
    if (now - this.since < turnMs && this.pieces < maxPieces) return false
    this.left = 0
    this.resting = new Promise((resolve) => {
      this.yieldTurn(() => {
        this.resting = undefined
        this.pieces = 0
        this.left = this.stride
        this.since = this.clock.now()
        this.seen = this.since
        resolve()
      })
    })
    return true
  }
}

import type { RunActor } from './run-actor.ts'

/** Times of a sweeper. */
export interface SweeperOptions {
  /**
   * How often the due index is looked at, in milliseconds, if nothing is known to be due before; Infinity where nobody else works on the
   * store's runs.
   * @default 1000
   */
  readonly sweepMs?: number
  /** How many runs are taken at a time. @default 100 */
  readonly batch?: number
}

/**
 * For how long a run that was taken is kept from other sweepers, in milliseconds. Whoever takes it looks after it at once; if he dies, the
 * run waits for so long. One that is looked after twice, since a sweeper is slow, takes no harm.
 */
const holdMs = 2000

/**
 * Looks after runs, and keys of permits, that are due, all the time, over an index: jobs that were lost, attempts whose worker died,
 * timers, deadlines, inboxes that nobody handles. It does what the records say and never scans keys.
 */
export class Sweeper {
  private readonly actor: RunActor
  private readonly sweepMs: number
  private readonly batch: number
  private cancelTimer: () => void = () => undefined
  private wakeAt = Infinity
  private sweeping: Promise<void> | undefined
  private isClosed = false

  constructor(actor: RunActor, { sweepMs = 1000, batch = 100 }: SweeperOptions = {}) {
    this.actor = actor
    this.sweepMs = sweepMs
    this.batch = batch
  }

  start(): void {
    this.schedule(0)
  }

  /** A run is due at a moment, in milliseconds since 1970: then, or a little later, there is a sweep. */
  expect(dueAt: number): void {
    if (dueAt < this.wakeAt) this.schedule(dueAt - this.actor.options.clock.now())
  }

  private schedule(delayMs: number): void {
    if (this.isClosed) return
    const { clock } = this.actor.options
    const wait = Math.max(0, Math.min(delayMs, this.sweepMs))
    this.cancelTimer()
    this.wakeAt = clock.now() + wait
    if (wait === Infinity) return
    this.cancelTimer = clock.schedule(wait, () => {
      this.wakeAt = Infinity
      this.sweeping ??= this.sweep().finally(() => {
        this.sweeping = undefined
      })
    })
  }

  private async sweep(): Promise<void> {
    const nextInMs = Math.min(await this.sweepOnce(), this.sweepMs)
    if (this.actor.options.clock.now() + nextInMs < this.wakeAt) this.schedule(nextInMs)
  }

  /** Looks after all runs that are due now; answers in how many milliseconds the next one will be. */
  async sweepOnce(): Promise<number> {
    const { store, logger } = this.actor.options
    try {
      for (;;) {
        const { runIds, permitKeys = [], nextInMs = Infinity } = await store.takeDue(this.batch, holdMs)
        const permits = permitKeys.map((key) => this.tendPermits(key))
        await Promise.all([...permits, ...runIds.map((runId) => this.tend(runId))])
        if (runIds.length + permitKeys.length < this.batch) return nextInMs
      }
    } catch (error) {
      logger.warn({ err: error }, 'the due index could not be read; tried again')
      return this.sweepMs
    }
  }

  private async tend(runId: string): Promise<void> {
    try {
      await this.actor.tend(runId)
    } catch (error) {
      this.actor.options.logger.warn({ err: error, runId }, 'a run could not be looked after; tried again')
    }
  }

  private async tendPermits(key: string): Promise<void> {
    try {
      await this.actor.tendPermits(key)
    } catch (error) {
      this.actor.options.logger.warn({ err: error, key }, 'permits could not be looked after; tried again')
    }
  }

  /** Ends the sweeps, and waits for the one under way. Idempotent. */
  async close(): Promise<void> {
    this.isClosed = true
    this.cancelTimer()
    await this.sweeping
  }
}

import { HeddleError, type IClock } from '@heddle/core'
import type { Fault, FaultKind } from './faults.ts'
import type { FaultSchedule } from './fault-schedule.ts'
import type { Draw } from './seeded-random.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What all processes of a world share. */
export interface ProcessWorld {
  readonly time: VirtualTime
  readonly schedule: FaultSchedule
  /** Draws how long things take. */
  readonly draw: Draw
  /** How many jobs are being handled; while there are any, no time is skipped. */
  busy: number
  /** Something happened, for the trace. */
  note(line: () => string): void
  /** The store loses the last operations. */
  loseTail(count: number): Promise<void>
}

/** One call over the line: what it does when it arrives, and where its answer goes. */
interface Call {
  readonly what: string
  readonly carryOut: () => Promise<unknown>
  readonly fault: Fault | undefined
  readonly resolve: (reply: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** Second sendings within this time happen before the caller has its answer. */
const soonMs = 20

/** The longest time that a message is on its way without a fault, in milliseconds. */
const latencyMs = 8

/**
 * One process of a simulated world: everything that reaches it or leaves it goes through here. It can stand still for a while, it can be
 * told to end, and it can die: then nothing reaches it any more, and nothing of what it does reaches anybody.
 */
export class VirtualProcess {
  readonly name: string
  readonly clock: IClock
  isDead = false
  private readonly world: ProcessWorld
  private readonly suffers: (kind: FaultKind) => boolean
  private readonly onDeath: (process: VirtualProcess, restartMs: number) => void
  private pausedUntil = 0
  private close: ((withinMs: number) => Promise<void>) | undefined
  private skewMs = 0
  /** How many jobs are being handled in here. */
  private busy = 0

  /**
   * @param suffers which faults of operations this process has
   * @param onDeath is told that it died or has ended, and after how many milliseconds another one shall take its place
   */
  constructor(
    name: string,
    world: ProcessWorld,
    suffers: (kind: FaultKind) => boolean,
    onDeath: (process: VirtualProcess, restartMs: number) => void,
  ) {
    this.name = name
    this.world = world
    this.suffers = suffers
    this.onDeath = onDeath
    const { time } = world
    this.clock = {
      now: () => time.now() + this.skewMs,
      schedule: (delayMs, callback) => time.schedule(delayMs, () => this.reach(callback)),
    }
  }

  /** Lets something happen inside the process: at once, or when it goes on, or never. */
  reach(happen: () => void): void {
    if (this.isDead) return
    const { time } = this.world
    const waitMs = this.pausedUntil - time.now()
    if (waitMs > 0) time.post(waitMs, () => this.reach(happen))
    else happen()
  }

  /** A job is being handled, until `leave` is called. */
  enter(): void {
    this.busy++
    this.world.busy++
  }

  leave(): void {
    if (this.isDead) return
    this.busy--
    this.world.busy--
  }

  /** Resolves after a time, if the process lives. */
  delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.schedule(delayMs, resolve)
    })
  }

  /** What lives in the process can be told to end, within a time. @param close resolves when it has ended */
  endsBy(close: (withinMs: number) => Promise<void>): void {
    this.close = close
  }

  /** Tells what lives in the process to end; the process ends with it. */
  private drain(withinMs: number): void {
    const { close } = this
    this.close = undefined
    if (close !== undefined) this.reach(() => void close(withinMs).then(() => this.die(0)))
  }

  /** Sends a call to something outside. Its answer never comes if the process dies meanwhile. */
  call<T>(what: string, carryOut: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.isDead) return
      const fault = this.world.schedule.next('operation', this.suffers)
      this.send({ what, carryOut, fault, resolve: resolve as (reply: unknown) => void, reject })
    })
  }

  private send(call: Call): void {
    const { world } = this
    const { fault, what } = call
    if (fault !== undefined) {
      world.note(() => `${this.name} ${what}: ${fault.kind} ${fault.isAfter ? 'after' : 'before'} it (${fault.amount})`)
      if (fault.kind === 'clockJump') this.skewMs = fault.amount
      if (!fault.isAfter && fault.kind === 'pause') this.pause(fault.amount)
      if (!fault.isAfter && fault.kind === 'drain') this.drain(fault.amount)
      if (!fault.isAfter && fault.kind === 'crash') {
        this.die(fault.amount)
        return
      }
    }
    const waitMs = Math.max(0, this.pausedUntil - world.time.now())
    world.time.post(waitMs + world.draw(latencyMs), () => this.arrive(call))
  }

  private async arrive(call: Call): Promise<void> {
    const { world } = this
    const { what, fault, reject } = call
    if (fault?.isAfter === false) {
      if (fault.kind === 'lostTail') await world.loseTail(fault.amount)
      if (fault.kind === 'error') {
        this.reach(() => reject(unreachable(what)))
        return
      }
    }
    const answer = await answerOf(call)
    if (fault === undefined) this.reach(answer)
    else await this.comeBack(call, fault, answer)
  }

  /** The way of an answer on which a fault lies. */
  private async comeBack(call: Call, fault: Fault, answer: () => void): Promise<void> {
    const { world } = this
    const { what, reject } = call
    if (fault.kind === 'resend') {
      const isSoon = fault.amount < soonMs
      world.time.post(fault.amount, async () => {
        world.note(() => `${this.name} ${what}: arrives once more`)
        const second = await answerOf(call)
        if (isSoon) this.reach(second)
      })
      if (isSoon) return
    } else if (fault.isAfter) {
      if (fault.kind === 'lostTail') await world.loseTail(fault.amount)
      else if (fault.kind === 'pause') this.pause(fault.amount)
      else if (fault.kind === 'drain') this.drain(fault.amount)
      else if (fault.kind === 'crash') this.die(fault.amount)
      else if (fault.kind === 'error') {
        this.reach(() => reject(unreachable(what)))
        return
      }
    }
    this.reach(answer)
  }

  private pause(forMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.world.time.now() + forMs)
  }

  private die(restartMs: number): void {
    if (this.isDead) return
    this.isDead = true
    this.world.busy -= this.busy
    this.onDeath(this, restartMs)
  }
}

/** Carries a call out; answers what hands its result to the caller. */
async function answerOf({ carryOut, resolve, reject }: Call): Promise<() => void> {
  try {
    const reply = await carryOut()
    return () => resolve(reply)
  } catch (error) {
    return () => reject(error)
  }
}

function unreachable(what: string): HeddleError {
  return new HeddleError('STORE_UNAVAILABLE', `the simulator let "${what}" fail: whether it took effect is unknown`, {
    details: { operation: what },
    retryable: true,
  })
}

import type { KeyLimit } from '../model/key-limit.ts'
import type { RunJob } from '../model/run-job.ts'
import {
  maxPermitsAtOnce,
  maxPermitWakes,
  permitWakeMs,
  type PermitChange,
  type PermitReply,
  type PermitRequest,
  type PermitState,
} from '../ports/permits.ts'

interface Holder {
  readonly token: string
  readonly job: RunJob
  readonly since: number
  leaseUntil: number
}

interface Waiter {
  readonly job: RunJob
  readonly since: number
  /** Place in the order of arrival. */
  readonly ticket: number
  /** How often it was woken since it last came. */
  wakes: number
  /** Until when a permit is kept for it. */
  wokenUntil?: number
}

/** How many holders are told of. */
const namedHolders = 100

/** The permits of one key: who has one, who waits in which order, and when the last attempts began. */
export class PermitBook {
  private limit: KeyLimit = {}
  private readonly held: Map<string, Holder> = new Map()
  private readonly waiting: Map<string, Waiter> = new Map()
  /** When attempts began, by token, in order. */
  private readonly starts: Map<string, number> = new Map()
  private tickets = 0

  get isEmpty(): boolean {
    return this.held.size + this.waiting.size + this.starts.size === 0
  }

  take(request: PermitRequest, now: number): PermitReply {
    const { id, token, limit, leaseMs } = request
    const job = { ...request.job }
    this.limit = limit
    this.refresh(now)
    const holder = this.held.get(id)
    if (holder?.token === token) {
      holder.leaseUntil = now + leaseMs
      return { status: 'taken', ...this.change([], now) }
    }
    const jobs = this.wake(now)
    const known = this.waiting.get(id)
    if (holder === undefined && this.room > this.comingBefore(id, known?.ticket ?? Infinity)) {
      this.held.set(id, { token, job, since: now, leaseUntil: now + leaseMs })
      // In order of time, also if the token had one before.
      this.starts.delete(token)
      if (limit.rate !== undefined) this.starts.set(token, now)
      this.waiting.delete(id)
      return { status: 'taken', ...this.change(without(jobs, known), now) }
    }
    this.waiting.set(id, { job, since: known?.since ?? now, ticket: known?.ticket ?? ++this.tickets, wakes: 0 })
    return { status: 'waiting', ...this.change([...without(jobs, known), ...this.wake(now)], now) }
  }

  renew({ id, token, job, limit, leaseMs }: PermitRequest, now: number): 'renewed' | 'lost' {
    this.limit = limit
    this.refresh(now)
    const holder = this.held.get(id)
    if (holder === undefined && this.places > 0) {
      this.held.set(id, { token, job: { ...job }, since: now, leaseUntil: now + leaseMs })
      return 'renewed'
    }
    if (holder?.token !== token) return 'lost'
    holder.leaseUntil = now + leaseMs
    return 'renewed'
  }

  giveBack({ id, token }: Pick<PermitRequest, 'id' | 'token'>, isUnused: boolean, now: number): PermitChange {
    if (this.held.get(id)?.token === token) {
      this.held.delete(id)
      // Another copy of its job: what it asks for is done.
      this.waiting.delete(id)
      if (isUnused) this.starts.delete(token)
    }
    return this.tend(now)
  }

  tend(now: number): PermitChange {
    this.refresh(now)
    return this.change(this.wake(now), now)
  }

  describe(id: string, now: number): PermitState {
    this.refresh(now)
    const holders = [...this.held].toSorted(byLeaseEnd)
    const waitsSince = this.waiting.get(id)?.since
    const opensAt = this.rateOpensAt
    return {
      limit: this.limit,
      holders: holders.slice(0, namedHolders).map(
        ([
          ,
          {
            job: { runId, visit },
            since,
          },
        ]) => ({
          runId,
          ...(visit === undefined ? {} : { visit }),
          since,
        }),
      ),
      held: this.held.size,
      waiting: this.waiting.size,
      ...(waitsSince === undefined ? {} : { waitsSince }),
      ...(opensAt === undefined ? {} : { rateOpensAt: opensAt }),
    }
  }

  /** Ends what has run out: leases, the window of the rate, permits that were kept for somebody who did not come. */
  private refresh(now: number): void {
    for (const [id, { leaseUntil }] of this.held) if (leaseUntil <= now) this.held.delete(id)
    const windowMs = this.limit.rate?.perMs ?? 0
    for (const [token, at] of this.starts) {
      if (at > now - windowMs) break
      this.starts.delete(token)
    }
    for (const [id, waiter] of this.waiting) {
      if (waiter.wokenUntil === undefined || waiter.wokenUntil > now) continue
      delete waiter.wokenUntil
      if (waiter.wakes >= maxPermitWakes) this.waiting.delete(id)
    }
  }

  /** How many more may be under way. */
  private get places(): number {
    return (this.limit.concurrency ?? Infinity) - this.held.size
  }

  /** How many may begin now. */
  private get room(): number {
    return Math.min(this.places, (this.limit.rate?.max ?? Infinity) - this.starts.size)
  }

  private get rateOpensAt(): number | undefined {
    const { rate } = this.limit
    if (rate === undefined || this.starts.size < rate.max) return undefined
    const [first = 0] = this.starts.values()
    return first + rate.perMs
  }

  private woken(): [string, Waiter][] {
    return [...this.waiting].filter(([, { wokenUntil }]) => wokenUntil !== undefined)
  }

  /** How many were woken, are on their way, and came before. */
  private comingBefore(id: string, ticket: number): number {
    return this.woken().filter(([other, waiter]) => other !== id && waiter.ticket < ticket).length
  }

  /** Those who can be woken, in order: who did not come when it was woken goes behind the others. */
  private sleepers(): [string, Waiter][] {
    return [...this.waiting]
      .filter(([id, { wokenUntil }]) => wokenUntil === undefined && !this.held.has(id))
      .toSorted(([, one], [, other]) =>
        one.wakes === other.wakes ? one.ticket - other.ticket : one.wakes - other.wakes,
      )
  }

  private wake(now: number): RunJob[] {
    if (this.waiting.size === 0) return []
    const room = Math.min(this.room - this.woken().length, maxPermitsAtOnce)
    if (room <= 0) return []
    return this.sleepers()
      .slice(0, room)
      .map(([, waiter]) => {
        waiter.wokenUntil = now + permitWakeMs
        waiter.wakes++
        return { ...waiter.job }
      })
  }

  private change(jobs: readonly RunJob[], now: number): PermitChange {
    const dueAt = this.nextDue(now)
    return { jobs, ...(dueAt === undefined ? {} : { dueAt }) }
  }

  private nextDue(now: number): number | undefined {
    if (this.waiting.size === 0) return undefined
    const woken = this.woken()
    const times = woken.map(([, { wokenUntil }]) => wokenUntil as number)
    const leases = [...this.held.values()].map(({ leaseUntil }) => leaseUntil)
    if (woken.length < this.waiting.size) {
      const opensAt = this.rateOpensAt
      if (this.places > 0 && opensAt !== undefined) times.push(opensAt)
      else if (this.room > woken.length && this.sleepers().length > 0) times.push(now)
      else times.push(...leases)
    }
    return times.length === 0 ? undefined : Math.min(...times)
  }
}

/** Those of the same time in the order of their ids, as every store has them. */
function byLeaseEnd([id, one]: readonly [string, Holder], [otherId, other]: readonly [string, Holder]): number {
  if (one.leaseUntil !== other.leaseUntil) return one.leaseUntil - other.leaseUntil
  return id < otherId ? -1 : 1
}

/** Who asks needs no waking, unless it was on its way before. */
function without(jobs: readonly RunJob[], known: Waiter | undefined): readonly RunJob[] {
  return known === undefined ? jobs : jobs.filter((job) => job.id !== known.job.id)
}

import type { VisitName } from '../../model/visit.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { KeyLimit, KeyLimits } from '../../model/key-limit.ts'
import type { IClock } from '../../ports/clock.ts'

/** Who attempts a visit, for those who wait. */
export interface PermitOwner {
  readonly runId: string
  readonly visit: Visit
  /** Names the visit, for who asks. */
  readonly name: () => VisitName
}

/** A permit of a key: held, or waited for. */
export interface LocalPermit {
  readonly key: string
  readonly owner: PermitOwner
  /** Since when it is waited for, or held, in milliseconds since 1970. */
  readonly since: number
}

/** What a visit waits for. */
export interface LocalWait {
  readonly waiting: LocalPermit
  readonly limit: KeyLimit
  readonly holders: readonly LocalPermit[]
  /** When the rate lets the next attempt begin, in milliseconds since 1970, if it holds one up. */
  readonly rateOpensAt?: number
}

interface Waiting extends LocalPermit {
  readonly go: (permit: LocalPermit) => void
}

interface Key {
  readonly limit: KeyLimit
  readonly held: Set<LocalPermit>
  readonly waiting: Set<Waiting>
  /** When the last attempts began, oldest first. */
  readonly starts: number[]
  cancelTimer?: (() => void) | undefined
}

/** Permits to attempt, by key, for all runs that a runtime carries out in this process: first come, first served. */
export class LocalPermits {
  readonly limits: KeyLimits
  private readonly clock: IClock
  private readonly keys: Map<string, Key> = new Map()
  private readonly waitingByVisit: Map<Visit, Waiting> = new Map()

  constructor(limits: KeyLimits, clock: IClock) {
    this.limits = limits
    this.clock = clock
  }

  private of(name: string): Key {
    let key = this.keys.get(name)
    if (key === undefined) {
      key = { limit: this.limits[name] ?? {}, held: new Set(), waiting: new Set(), starts: [] }
      this.keys.set(name, key)
    }
    return key
  }

  /** Takes a permit that is free and that nobody waits for. */
  tryTake(name: string, owner: PermitOwner): LocalPermit | undefined {
    const key = this.of(name)
    return key.waiting.size === 0 && this.hasRoom(key) ? this.grant(key, name, owner) : undefined
  }

  /** Waits for a permit. @throws the reason of the signal, if that is aborted meanwhile */
  async wait(name: string, owner: PermitOwner, signal: AbortSignal): Promise<LocalPermit> {
    signal.throwIfAborted()
    const key = this.of(name)
    return new Promise((resolve, reject) => {
      const isOver = new AbortController()
      const waiting: Waiting = {
        key: name,
        owner,
        since: this.clock.now(),
        go: (permit) => {
          isOver.abort()
          resolve(permit)
        },
      }
      const giveUp = (): void => {
        this.leave(key, waiting)
        this.serve(key)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', giveUp, { once: true, signal: isOver.signal })
      key.waiting.add(waiting)
      this.waitingByVisit.set(owner.visit, waiting)
      this.serve(key)
    })
  }

  /** Gives a permit back. Idempotent. */
  giveBack(permit: LocalPermit): void {
    const key = this.of(permit.key)
    if (key.held.delete(permit)) this.serve(key)
  }

  /** The permit that a visit waits for, with those who have one. */
  waitOf(visit: Visit): LocalWait | undefined {
    const waiting = this.waitingByVisit.get(visit)
    if (waiting === undefined) return undefined
    const key = this.of(waiting.key)
    const rateOpensAt = opensAt(key)
    const opens = rateOpensAt === undefined ? {} : { rateOpensAt }
    return { waiting, limit: key.limit, holders: [...key.held], ...opens }
  }

  private leave(key: Key, waiting: Waiting): void {
    key.waiting.delete(waiting)
    if (this.waitingByVisit.get(waiting.owner.visit) === waiting) this.waitingByVisit.delete(waiting.owner.visit)
  }

  private hasRoom({ limit: { concurrency = Infinity, rate }, held, starts }: Key): boolean {
    if (held.size >= concurrency) return false
    if (rate === undefined) return true
    while ((starts[0] ?? Infinity) <= this.clock.now() - rate.perMs) starts.shift()
    return starts.length < rate.max
  }

  private grant(key: Key, name: string, owner: PermitOwner): LocalPermit {
    const permit: LocalPermit = { key: name, owner, since: this.clock.now() }
    key.held.add(permit)
    if (key.limit.rate !== undefined) key.starts.push(permit.since)
    return permit
  }

  /** Lets those go on who can, in order. */
  private serve(key: Key): void {
    for (const waiting of key.waiting) {
      if (!this.hasRoom(key)) break
      this.leave(key, waiting)
      waiting.go(this.grant(key, waiting.key, waiting.owner))
    }
    key.cancelTimer?.()
    key.cancelTimer = undefined
    const at = opensAt(key)
    if (key.waiting.size === 0 || at === undefined) return
    key.cancelTimer = this.clock.schedule(Math.max(0, at - this.clock.now()), () => this.serve(key))
  }
}

/** When the rate of a key lets the next attempt begin, if it holds one up. */
function opensAt({ limit: { rate }, starts }: Key): number | undefined {
  const [first] = starts
  return rate === undefined || first === undefined || starts.length < rate.max ? undefined : first + rate.perMs
}

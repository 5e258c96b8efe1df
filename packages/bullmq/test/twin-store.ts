import type { IClock, ICoordinationStore, TurnGrant } from '@heddle/core'
import { expect } from 'vitest'
import type { RedisCoordinationStore } from '../src/store/redis-coordination-store.ts'

type AnyOperation = (...parameters: unknown[]) => Promise<unknown>

/** What two stores are compared in. */
export interface Comparison {
  /** The clock by which the compared store goes. */
  readonly clock: IClock & { time: number }
  /** How many operations were compared, by name. */
  readonly counts: Map<string, number>
  /** Resolves when all were compared. @throws if an answer differs */
  settled(): Promise<void>
}

/** A clock that stands where it is put. */
function standingClock(): IClock & { time: number } {
  const clock = {
    time: 0,
    now: () => clock.time,
    schedule: () => () => undefined,
  }
  return clock
}

/**
 * A store that answers at once as the reference does, while every operation is made on another store too, in the same order and at the
 * same times, and must be answered the same there.
 */
export function twinStore(
  reference: ICoordinationStore,
  referenceClock: IClock,
  openOther: (clock: IClock) => RedisCoordinationStore,
): { readonly store: ICoordinationStore; readonly comparison: Comparison } {
  const clock = standingClock()
  const other = openOther(clock)
  const counts = new Map<string, number>()
  let last: Promise<unknown> = Promise.resolve()
  let failure: unknown

  async function compare(name: string, parameters: unknown[], at: number, answer: unknown): Promise<void> {
    if (failure !== undefined) return
    clock.time = at
    const found = await (other[name as keyof ICoordinationStore] as unknown as AnyOperation).call(other, ...parameters)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    try {
      expect(comparable(name, found), `${name}(${JSON.stringify(parameters).slice(0, 1500)})`).toEqual(
        comparable(name, answer),
      )
    } catch (error) {
      failure = error
    }
  }

  const store = new Proxy(reference, {
    get: (target, name) => {
      const operation: unknown = Reflect.get(target, name)
      if (typeof operation !== 'function' || typeof name !== 'string') return operation
      return async (...parameters: unknown[]) => {
        const at = referenceClock.now()
        const given = parameters.map(plain)
        const answering = (operation as AnyOperation).call(target, ...given)
        const answer = answering.then(plain)
        last = last.then(async () => compare(name, given, at, await answer))
        return answering
      }
    },
  })
  return {
    store,
    comparison: {
      clock,
      counts,
      settled: async () => {
        await last
        if (failure !== undefined) throw failure as Error
      },
    },
  }
}

/** As it would be sent, with whole milliseconds: stores that are asked over a wire count in those. */
function plain(value: unknown): unknown {
  if (value === undefined) return undefined
  return JSON.parse(JSON.stringify(value), (name, field: unknown) =>
    /^(?:delay|timeout)Ms$/u.test(name) && typeof field === 'number' ? Math.ceil(field) : field,
  ) as unknown
}

/** An answer without what may differ: the order of what has none, and how long the due index may be left alone. */
function comparable(name: string, answer: unknown): unknown {
  if (name === 'takeDue') return [...(answer as { runIds: string[] }).runIds].sort()
  if (name === 'readDispatches') return sorted(answer as readonly unknown[])
  if (name === 'fetch') {
    const fetched = answer as { readonly claimed?: readonly unknown[] }
    return fetched.claimed === undefined ? answer : { ...fetched, claimed: sorted(fetched.claimed) }
  }
  if (name === 'commit' || name === 'settle') {
    const { turn, ...reply } = answer as { readonly turn?: TurnGrant }
    return { ...reply, turn: turn?.inbox.map(({ id }) => id) }
  }
  return answer
}

function sorted(list: readonly unknown[]): unknown[] {
  return [...list].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
}

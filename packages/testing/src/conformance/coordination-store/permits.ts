import type { ICoordinationStore, KeyLimit, PermitReply, PermitRequest, RunJob } from '@heddle/core'
import type { CoordinationStoreBehaviour, CoordinationStoreHarness } from '../coordination-store-harness.ts'

/** Dispatches that ask for permits of one key. */
function asking({ store, unique }: CoordinationStoreHarness, limit: KeyLimit, leaseMs?: number) {
  return askingFor(store, `${unique('key')} {} :/`, limit, leaseMs)
}

function askingFor(store: ICoordinationStore, key: string, limit: KeyLimit, leaseMs: number = 60_000) {
  const requestOf = (id: string, token: string = id): PermitRequest => {
    const job: RunJob = { id: `job of ${id}`, runId: id, incarnation: 'i', definitionHash: 'h' }
    return { key, id, token, limit, leaseMs, job }
  }
  const take = async (id: string, token: string = id): Promise<PermitReply> => store.takePermit(requestOf(id, token))
  return {
    key,
    requestOf,
    take,
    status: async (id: string, token: string = id) => (await take(id, token)).status,
    takeAll: async (...ids: readonly string[]) => {
      const statuses: string[] = []
      for (const id of ids) statuses.push((await take(id)).status)
      return statuses
    },
    giveBack: async (id: string, isUnused: boolean = false) =>
      (await store.returnPermit({ key, id, token: id }, isUnused)).jobs.map(({ runId }) => runId),
    tend: async () => (await store.tendPermits(key)).jobs.map(({ runId }) => runId),
  }
}

/** Permits go to as many as the limit says, and then in order of arrival. */
export const permitsAreGivenInOrder: CoordinationStoreBehaviour = {
  name: 'permits are given to as many as the limit says, and then in order of arrival',
  run: async (harness) => {
    const { expect } = harness
    const { takeAll, giveBack, status } = asking(harness, { concurrency: 2 })
    expect(await takeAll('a', 'b', 'c', 'd')).toEqual(['taken', 'taken', 'waiting', 'waiting'])
    expect(await giveBack('b')).toEqual(['c'])
    // Nobody overtakes one that is on its way.
    expect(await takeAll('e', 'd', 'c')).toEqual(['waiting', 'waiting', 'taken'])
    expect([await giveBack('a'), await giveBack('c')]).toEqual([['d'], ['e']])
    expect([await status('d'), await status('e')]).toEqual(['taken', 'taken'])
  },
}

/** An operation that comes twice counts once. */
export const permitsCountOnce: CoordinationStoreBehaviour = {
  name: 'a permit that is asked for or given back twice counts once',
  run: async (harness) => {
    const { expect, store } = harness
    const { key, status, takeAll, giveBack } = asking(harness, { concurrency: 2, rate: { max: 3, perMs: 60_000 } })
    expect(await takeAll('a', 'a', 'b')).toEqual(['taken', 'taken', 'taken'])
    expect(await store.readPermits(key, 'a')).toMatchObject({ held: 2, waiting: 0 })
    expect(await status('c')).toBe('waiting')
    expect([await giveBack('a'), await giveBack('a')]).toEqual([['c'], []])
    expect(await takeAll('c', 'd')).toEqual(['taken', 'waiting'])
    // What is not held any more, or by another token, frees nothing.
    expect((await store.returnPermit({ key, id: 'b', token: 'other' }, false)).jobs).toEqual([])
    expect(await store.readPermits(key, 'd')).toMatchObject({ held: 2, waiting: 1 })
  },
}

/** A dispatch whose job came twice gets one permit. */
export const copiesOfADispatchGetOnePermit: CoordinationStoreBehaviour = {
  name: 'a dispatch whose job came twice gets one permit, and its other attempt waits for the end of that',
  run: async (harness) => {
    const { expect, pass } = harness
    const { status, take, tend } = asking(harness, { concurrency: 3 }, 1000)
    expect([await status('a', 'one'), await status('a', 'other')]).toEqual(['taken', 'waiting'])
    expect(await tend()).toEqual([])
    await pass(1100)
    expect(await tend()).toEqual(['a'])
    expect((await take('a', 'other')).status).toBe('taken')
  },
}

/** A permit whose holder is silent is free at the end of its lease; one that is renewed is kept. */
export const permitsOfTheDeadAreFreed: CoordinationStoreBehaviour = {
  name: 'a permit whose holder is silent is free when its lease ends, which is told as due, and one that is renewed is kept',
  run: async (harness) => {
    const { expect, pass, store } = harness
    const { key, requestOf, status, tend } = asking(harness, { concurrency: 2 }, 1000)
    await status('dead')
    await status('alive')
    expect(await status('next')).toBe('waiting')
    await pass(600)
    expect(await store.renewPermit(requestOf('alive'))).toBe('renewed')
    await pass(600)
    const due = await store.takeDue(1000, 5000)
    expect(due.permitKeys?.includes(key)).toBe(true)
    expect(due.runIds.some((id) => id.includes(key))).toBe(false)
    expect(await tend()).toEqual(['next'])
    expect(await status('next')).toBe('taken')
    expect(await store.readPermits(key, 'next')).toMatchObject({ held: 2, waiting: 0 })
  },
}

/** A permit that was lost is taken back as long as it is free. */
export const lostPermitsAreToldAtRenewal: CoordinationStoreBehaviour = {
  name: 'a permit whose lease has ended is taken back by its renewal if nobody else has it, and else told as lost',
  run: async (harness) => {
    const { expect, pass, store } = harness
    const { requestOf, status, giveBack } = asking(harness, { concurrency: 1 }, 1000)
    await status('slow')
    await pass(1100)
    expect(await store.renewPermit(requestOf('slow'))).toBe('renewed')
    expect(await status('quick')).toBe('waiting')
    await pass(1100)
    expect(await status('quick')).toBe('taken')
    expect(await store.renewPermit(requestOf('slow'))).toBe('lost')
    expect(await giveBack('slow')).toEqual([])
    expect(await store.renewPermit(requestOf('quick'))).toBe('renewed')
  },
}

/** No window of a rate sees more beginnings than it may. */
export const ratesHoldInEveryWindow: CoordinationStoreBehaviour = {
  name: 'no more attempts begin within a window than the rate says, those that were given back unused not counted',
  run: async (harness) => {
    const { expect, pass, store } = harness
    const { key, takeAll, giveBack, tend, status } = asking(harness, { rate: { max: 2, perMs: 2000 } })
    expect(await takeAll('a')).toEqual(['taken'])
    await pass(1000)
    expect(await takeAll('unused')).toEqual(['taken'])
    expect(await giveBack('unused', true)).toEqual([])
    expect(await takeAll('b', 'c', 'd')).toEqual(['taken', 'waiting', 'waiting'])
    expect(await giveBack('b')).toEqual([])
    expect((await store.readPermits(key, 'c'))?.rateOpensAt === undefined).toBe(false)
    expect(await tend()).toEqual([])
    await pass(1100)
    // The first one has left the window; the second one has not.
    expect(await tend()).toEqual(['c'])
    expect(await status('c')).toBe('taken')
    expect(await tend()).toEqual([])
    await pass(1000)
    expect(await tend()).toEqual(['d'])
  },
}

/** Who does not come when it is woken holds up nobody for long, and keeps its place. */
export const thoseWhoDoNotComeHoldUpNobody: CoordinationStoreBehaviour = {
  name: 'who does not come when it is woken holds up the next one for a moment only, and keeps its place',
  run: async (harness) => {
    const { expect, pass, store } = harness
    const { key, takeAll, giveBack, tend } = asking(harness, { concurrency: 1 })
    await takeAll('a', 'late', 'b', 'c')
    expect(await giveBack('a')).toEqual(['late'])
    expect(await tend()).toEqual([])
    await pass(2100)
    expect((await store.takeDue(1000, 5000)).permitKeys?.includes(key)).toBe(true)
    expect(await tend()).toEqual(['b'])
    // It came before the one that is on its way now.
    expect(await takeAll('late', 'b')).toEqual(['taken', 'waiting'])
    expect(await giveBack('late')).toEqual(['b'])
  },
}

/** Who never comes is forgotten. */
export const thoseWhoNeverComeAreForgotten: CoordinationStoreBehaviour = {
  name: 'who was woken five times and never came is forgotten',
  run: async (harness) => {
    const { expect, pass, store } = harness
    const { key, takeAll, giveBack, tend, status } = asking(harness, { concurrency: 1 })
    await takeAll('a', 'gone')
    expect(await giveBack('a')).toEqual(['gone'])
    for (let wakes = 2; wakes <= 5; wakes++) {
      await pass(2100)
      expect(await tend()).toEqual(['gone'])
    }
    await pass(2100)
    expect(await tend()).toEqual([])
    expect(await status('b')).toBe('taken')
    expect(await store.readPermits(key, 'gone')).toMatchObject({ held: 1, waiting: 0 })
  },
}

/** What is known of a key tells who holds and who waits. */
export const permitsAreTold: CoordinationStoreBehaviour = {
  name: 'who has a permit, and since when one waits, is told',
  run: async (harness) => {
    const { expect, store } = harness
    const { key, takeAll } = asking(harness, { concurrency: 1 })
    expect((await store.readPermits(key, 'a')) === undefined).toBe(true)
    await takeAll('a', 'b')
    const told = await store.readPermits(key, 'b')
    expect(told).toMatchObject({ limit: { concurrency: 1 }, held: 1, waiting: 1 })
    expect(told?.holders.map(({ runId }) => runId)).toEqual(['a'])
    expect(Number(told?.waitsSince) >= Number(told?.holders[0]?.since)).toBe(true)
    expect((await store.readPermits(key, 'a'))?.waitsSince === undefined).toBe(true)
  },
}

/** Two who ask at the same time for the last permit. */
export const concurrentAskersGetOnePermit: CoordinationStoreBehaviour = {
  name: 'of many that ask at once as many get a permit as there are',
  run: async (harness) => {
    const { expect } = harness
    const { status } = asking(harness, { concurrency: 3 })
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, at) => status(`${at}`)))
    expect(statuses.filter((one) => one === 'taken').length).toBe(3)
  },
}

/** Workers of different versions may know different limits of a key. */
export const limitsOfAskersMayDiffer: CoordinationStoreBehaviour = {
  name: 'each asker goes by its own limit, beside all permits that are held, and none of these is taken away',
  run: async (harness) => {
    const { expect, store } = harness
    const wide = asking(harness, { concurrency: 3 })
    const narrow = askingFor(store, wide.key, { concurrency: 1 })
    expect(await wide.takeAll('a', 'b')).toEqual(['taken', 'taken'])
    expect(await narrow.status('c')).toBe('waiting')
    // It is the first in line, whichever worker its job comes to.
    expect(await store.renewPermit(narrow.requestOf('a'))).toBe('renewed')
    expect(await wide.status('c')).toBe('taken')
    expect(await narrow.takeAll('d')).toEqual(['waiting'])
    expect([await narrow.giveBack('a'), await narrow.giveBack('b')]).toEqual([[], []])
    expect(await narrow.giveBack('c')).toEqual(['d'])
    expect(await narrow.status('d')).toBe('taken')
  },
}

/** Keys are texts of users. */
export const keysOfPermitsAreAnyTexts: CoordinationStoreBehaviour = {
  name: 'permits of keys with awkward names are kept apart',
  run: async (harness) => {
    const { expect, store, unique } = harness
    const start = unique('key')
    const ends = ['', ':', ':held', ':limit:', ' ', '\n', '{', '}', '{p0}', '/', 'é', '__proto__', 'x'.repeat(10_000)]
    for (const end of [...ends, ...ends.slice(1).map((more) => `${more}${start}`)]) {
      const { key, takeAll } = askingFor(store, `${start}${end}`, { concurrency: 1 })
      expect(await takeAll('a', 'b')).toEqual(['taken', 'waiting'])
      expect(await store.readPermits(key, 'a')).toMatchObject({ held: 1, waiting: 1 })
    }
  },
}

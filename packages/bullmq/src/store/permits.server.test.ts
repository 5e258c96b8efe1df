import { memoryCoordinationStore, type IClock, type ICoordinationStore, type PermitRequest } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { clockedClient } from '../../test/clocked-client.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { partitionOf } from './partitions.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

/** Numbers below a limit, the same for a seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed * 2654435761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

const limits: readonly PermitRequest['limit'][] = [
  { concurrency: 1 },
  { concurrency: 3 },
  { rate: { max: 2, perMs: 3000 } },
  { concurrency: 2, rate: { max: 3, perMs: 5000 } },
]

/** Asks a store for something that is drawn. */
function drawOperation(draw: (below: number) => number, key: string, limit: PermitRequest['limit']) {
  const id = `d${draw(8)}`
  const token = `${id}-${draw(2)}`
  const job = {
    id: `job of ${id}`,
    runId: id,
    incarnation: 'i',
    definitionHash: 'h',
    visit: { nodeId: id, iteration: [] },
  }
  const request: PermitRequest = { key, id, token, limit, leaseMs: 2000 + draw(3) * 1000, job }
  const isUnused = draw(4) === 0
  const operations: Record<string, (store: ICoordinationStore) => Promise<unknown>> = {
    take: (store) => store.takePermit(request),
    renew: (store) => store.renewPermit(request),
    giveBack: (store) => store.returnPermit(request, isUnused),
    tend: (store) => store.tendPermits(key),
    read: (store) => store.readPermits(key, id),
  }
  const name = ['take', 'take', 'take', 'giveBack', 'renew', 'tend', 'read'][draw(7)] as string
  return { name: `${name} ${token}`, carryOut: operations[name] as (store: ICoordinationStore) => Promise<unknown> }
}

/** A key, and one that begins with it and goes on with the name of a record, in the same partition. */
function keysOfOnePartition(record: string): readonly [short: string, long: string] {
  for (let at = 0; ; at++) {
    const key = `press-${at}`
    const long = `${key}:${record}`
    if (partitionOf(key) === partitionOf(long)) return [key, long]
  }
}

describe('permits in Redis', () => {
  it.each(limits)('are given as in memory, whatever is asked in which order: %j', async (limit) => {
    let time = Date.UTC(2030, 0)
    const clock: IClock = { now: () => time, schedule: () => () => undefined }
    const prefix = uniquePrefix()
    const store = redisCoordinationStore({ client: clockedClient(redis, clock), prefix })
    const reference = memoryCoordinationStore({ clock })
    for (let seed = 1; seed <= 12; seed++) {
      const draw = seeded(seed)
      const done: string[] = []
      for (let step = 0; step < 60; step++) {
        time += draw(3) === 0 ? draw(2500) : 0
        const { name, carryOut } = drawOperation(draw, `key-${seed}`, limit)
        done.push(`${name} at ${time}`)
        const [found, wanted] = [await carryOut(store), await carryOut(reference)]
        // With what was asked before, for whoever sees it differ.
        expect({ done, found }).toEqual({ done, found: wanted })
      }
    }
  })

  it('are kept apart where one key is another one with more behind it, in one partition too', async () => {
    const prefix = uniquePrefix()
    const store = redisCoordinationStore({ client: redis, prefix })
    const request = (key: string, id: string): PermitRequest => ({
      key,
      id,
      token: id,
      limit: { concurrency: 1, rate: { max: 1, perMs: 60_000 } },
      leaseMs: 60_000,
      job: { id: 'j', runId: 'r', incarnation: 'i', definitionHash: 'h' },
    })
    for (const record of ['limit', 'held', 'holders', 'starts', 'waiters', 'waiting', 'woken']) {
      const [short, long] = keysOfOnePartition(record)
      for (const key of [short, long]) {
        expect((await store.takePermit(request(key, 'a'))).status).toBe('taken')
        expect((await store.takePermit(request(key, 'b'))).status).toBe('waiting')
      }
      expect((await store.returnPermit(request(long, 'a'), true)).jobs).toHaveLength(1)
      expect(await store.readPermits(short, 'b')).toMatchObject({ held: 1, waiting: 1 })
    }
  })

  it('leave no records behind when nobody holds or waits for one', async () => {
    const prefix = uniquePrefix()
    const store = redisCoordinationStore({ client: redis, prefix })
    const job = { id: 'j', runId: 'r', incarnation: 'i', definitionHash: 'h' }
    const request = (id: string): PermitRequest => ({
      key: 'press',
      id,
      token: id,
      limit: { concurrency: 1 },
      leaseMs: 60_000,
      job,
    })
    await store.takePermit(request('a'))
    await store.takePermit(request('b'))
    expect((await redis.keys(`${prefix}:*permits*`)).length).toBeGreaterThan(0)
    await store.returnPermit(request('a'), false)
    await store.takePermit(request('b'))
    await store.returnPermit(request('b'), false)
    expect(await redis.keys(`${prefix}:*permits*`)).toEqual([])
  })

  it('go to the first of thousands who wait, without a look at the others', async () => {
    const prefix = uniquePrefix()
    const store = redisCoordinationStore({ client: redis, prefix })
    const request = (id: string): PermitRequest => ({
      key: 'press',
      id,
      token: id,
      limit: { concurrency: 1 },
      leaseMs: 600_000,
      job: { id: `job-${id}`, runId: id, incarnation: 'i', definitionHash: 'h' },
    })
    for (let from = 0; from < 5000; from += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, at) => store.takePermit(request(`${from + at}`))))
    }
    for (let at = 0; at < 5; at++) {
      const { jobs } = await store.returnPermit(request(`${at}`), false)
      expect(jobs.map(({ runId }) => runId)).toEqual([`${at + 1}`])
      expect((await store.takePermit(request(`${at + 1}`))).status).toBe('taken')
    }
    expect(await store.readPermits('press', '9')).toMatchObject({ held: 1, waiting: 4994 })
  })
})

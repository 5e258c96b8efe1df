import type { Cell, TurnChanges } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { redisCoordinationStore, type RedisCoordinationStore } from './redis-coordination-store.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

const run = requestOf('large')

function changesOf(changes: Partial<TurnChanges>): TurnChanges {
  const records = { cells: {}, values: {}, journal: [], handled: [], expansions: [], failures: [] }
  return {
    ...records,
    dispatches: [],
    dropped: [],
    cutOff: [],
    waits: [],
    timers: [],
    children: [],
    messages: [],
    ...changes,
  }
}

let turns = 0

async function commit(store: RedisCoordinationStore, changes: Partial<TurnChanges>): ReturnType<typeof store.commit> {
  const nonce = `n${++turns}`
  await store.deliver(run, { event: { id: nonce, touches: [], type: 'cancel' } }, undefined)
  const { turn } = await store.deliver(run, undefined, { nonce, limitMs: 60_000 })
  const { fence = 0, revision = 0, inbox = [] } = turn ?? {}
  const handled = inbox.map(({ id }) => id)
  return store.commit({ ...run, fence, nonce, revision }, changesOf({ handled, ...changes }), false)
}

const count = 10_000

const names = Array.from({ length: count }, (_, at) => `n${at}`)

function byName<T>(prefix: string, value: (at: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, at) => [`${prefix}${name}`, value(at)]))
}

describe('a run with 10,000 of everything', () => {
  it('is written in one commit and read as it was written', async () => {
    const store = redisCoordinationStore({ client: redis, prefix: uniquePrefix() })
    await store.start(run)
    const cells: Record<string, Cell> = {
      ...byName('v:', (at) => ({ status: 4, taken: at })),
      ...byName('s:', (at) => ({ version: 1, text: `"${at}"` })),
    }
    const values = byName('o:', (at) => `"${'x'.repeat(100)}${at}"`)
    const journal = names.map((nodeId) => ({ fact: { type: 'node.ready', nodeId } }))
    expect(await commit(store, { cells, values, journal, failures: names, expansions: names })).toMatchObject({
      seq: 1,
    })
    expect(await store.readCells(run, 'all')).toEqual(cells)
    expect(await store.readValues(run, Object.keys(values))).toEqual(values)
    expect(Object.keys(await store.readCells(run, Object.keys(cells)))).toHaveLength(2 * count)
    expect(await store.readJournal(run, 0, 2 * count)).toHaveLength(count)
    expect((await store.readRun(run.runId))?.failures.length).toBe(count)
  })

  it('waits for 10,000 things at a time, and lets go of them in one commit', async () => {
    const store = redisCoordinationStore({ client: redis, prefix: uniquePrefix() })
    await store.start(run)
    const visits = names.map((nodeId) => ({
      visit: { nodeId, iteration: [] },
      visitKey: nodeId,
      attempt: 1,
      touches: [`v:${nodeId}`],
    }))
    const reply = await commit(store, {
      dispatches: visits.map((visit) => ({ ...visit, delayMs: 0 })),
      timers: visits.map(({ visitKey, ...visit }) => ({ ...visit, id: visitKey, name: 'sleep', delayMs: 1_000_000 })),
      waits: visits.map(({ visit, attempt, touches }) => ({
        wait: { ...visit, waitId: `ok:${visit.nodeId}`, name: 'ok' },
        attempt,
        touches,
      })),
      children: visits.map(({ visit }) => ({ childRunId: `child-${visit.nodeId}`, visit })),
    })
    expect(reply.status === 'committed' ? reply.jobs : []).toHaveLength(count)
    const head = await store.readRun(run.runId)
    expect([head?.underWay, head?.waits.length, head?.children.length]).toEqual([2 * count, count, count])
    const cut = await commit(store, { cutOff: names })
    expect(cut.status === 'committed' ? cut.messages : []).toHaveLength(count)
    const after = await store.readRun(run.runId)
    expect([after?.underWay, after?.waits.length, after?.children.length]).toEqual([count, 0, 0])
  })

  it('hands out an inbox of 1,000 events in parts of 256, with the cells that they touch', async () => {
    const store = redisCoordinationStore({ client: redis, prefix: uniquePrefix() })
    await store.start(run)
    await commit(store, { cells: byName('v:', () => ({ status: 1 })) })
    const events = names.slice(0, 1000)
    await Promise.all(
      events.map((id) => store.deliver(run, { event: { id, touches: [`v:${id}`], type: 'cancel' } }, undefined)),
    )
    const { turn } = await store.deliver(run, undefined, { nonce: 'drain', limitMs: 60_000 })
    let next = turn
    const sizes: number[] = []
    while (next !== undefined) {
      sizes.push(next.inbox.length)
      expect(Object.keys(next.cells)).toHaveLength(next.inbox.length + 1)
      const { fence, nonce, revision, inbox } = next
      const handled = inbox.map(({ id }) => id)
      const reply = await store.commit({ ...run, fence, nonce, revision }, changesOf({ handled }), true)
      next = reply.status === 'committed' ? reply.turn : undefined
    }
    expect(sizes).toEqual([256, 256, 256, 232])
  })
})

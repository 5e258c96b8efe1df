import { virtualClock } from '@heddle/testing'
import type { StartRequest, TurnChanges } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { clockedClient } from '../../test/clocked-client.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { redisCoordinationStore, type RedisCoordinationStore } from './redis-coordination-store.ts'
import type { Retention } from './retention.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

const day = 24 * 60 * 60 * 1000

function open(retention: Retention | false | undefined, prefix: string) {
  const clock = virtualClock({ startMs: Date.UTC(2030, 0) })
  const client = clockedClient(redis, clock)
  return { clock, store: redisCoordinationStore({ client, prefix, ...(retention === undefined ? {} : { retention }) }) }
}

function request(runId: string, parent?: StartRequest): StartRequest {
  const place = { visit: { nodeId: 'sub', iteration: [] }, attempt: 1, depth: 1, touches: [] }
  const { incarnation = '' } = parent ?? {}
  return requestOf(
    runId,
    parent === undefined ? {} : { parent: { ...place, runId: parent.runId, incarnation, definitionHash: 'hash' } },
  )
}

async function commit(store: RedisCoordinationStore, run: StartRequest, changes: Partial<TurnChanges>): Promise<void> {
  await store.deliver(run, { event: { id: 'more', touches: [], type: 'cancel' } }, undefined)
  const { turn } = await store.deliver(run, undefined, { nonce: `n${Math.random()}`, limitMs: 5000 })
  const { fence = 0, nonce = '', revision = 0, inbox = [] } = turn ?? {}
  const none = { cells: {}, values: {}, journal: [], expansions: [], failures: [], dispatches: [], dropped: [] }
  const handled = inbox.map(({ id }) => id)
  const nothing = { ...none, cutOff: [], waits: [], timers: [], children: [], messages: [] }
  await store.commit({ ...run, fence, nonce, revision }, { ...nothing, handled, ...changes }, false)
}

const end = { end: { status: 'completed', journal: [] } } as const

/** The clock of this process, in milliseconds. */
let processMs = performance.now()

/** Sweeps until every partition was looked at: a round goes by the clock of this process, which is moved on. */
async function sweep(store: RedisCoordinationStore): Promise<void> {
  const until = processMs + 9000
  for (; processMs < until; processMs += 200) await store.takeDue(256, 1)
}

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => processMs)
})

afterEach(() => {
  vi.restoreAllMocks()
})

const keysOf = async (prefix: string): Promise<string[]> => {
  const found: string[] = []
  for await (const keys of redis.scanStream({ match: `${prefix}:*:run:*`, count: 1000 }) as AsyncIterable<string[]>) {
    found.push(...keys)
  }
  return found
}

describe('finished runs', () => {
  it('are removed at their age with their child runs and everything of them; live ones stay, however old', async () => {
    const prefix = uniquePrefix()
    const { store, clock } = open(undefined, prefix)
    const [root, child, live] = [request('root'), request('child', request('root')), request('live')]
    for (const run of [root, child, live]) await store.start(run)
    await commit(store, root, { children: [{ childRunId: 'child', visit: { nodeId: 'sub', iteration: [] } }] })
    await commit(store, child, end)
    await clock.advance(6 * day)
    await commit(store, root, end)
    await store.clearMessage(child, 'notify')
    await clock.advance(2 * day)
    await sweep(store)
    expect([(await store.readRun('root'))?.status, (await store.readRun('child'))?.status]).toEqual([
      'completed',
      'completed',
    ])
    await clock.advance(6 * day)
    await sweep(store)
    expect([await store.readRun('root'), await store.readRun('child')]).toEqual([undefined, undefined])
    expect((await store.readRun('live'))?.status).toBe('live')
    expect((await keysOf(prefix)).every((key) => key.includes(':run:live'))).toBe(true)
  }, 60_000)

  it('are removed when there are too many of them, the oldest first, once nobody can be waiting for their result', async () => {
    const prefix = uniquePrefix()
    const { store, clock } = open({ count: 256 }, prefix)
    const ids = Array.from({ length: 600 }, (_, at) => `run-${at}`)
    await Promise.all(
      ids.map(async (id) => {
        await store.start(request(id))
        await commit(store, request(id), end)
      }),
    )
    await sweep(store)
    const left = async (): Promise<number> => {
      const heads = await Promise.all(ids.map((id) => store.readRun(id)))
      return heads.filter((head) => head !== undefined).length
    }
    expect(await left()).toBe(600)
    await clock.advance(day)
    await sweep(store)
    expect(await left()).toBeLessThanOrEqual(256)
  }, 60_000)
})

import { isHeddleError, type HeddleError } from '@heddle/core'
import { Redis } from 'ioredis'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startRedis, type RedisServer, type RedisServerOptions } from '../../test/redis-server.ts'
import { requestOf } from '../../test/start-requests.ts'
import { allScripts } from '../lua/all-scripts.ts'
import { redisCoordinationStore, type RedisCoordinationStore } from './redis-coordination-store.ts'
import type { RedisCoordinationStoreOptions } from './store-options.ts'

async function serverWith(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

function storeWith(options: RedisCoordinationStoreOptions): RedisCoordinationStore {
  const store = redisCoordinationStore(options)
  onTestFinished(() => store.close())
  return store
}

function clientOf({ url }: RedisServer): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null })
  onTestFinished(() => client.disconnect())
  return client
}

async function failure(promise: Promise<unknown>): Promise<HeddleError> {
  try {
    await promise
  } catch (error) {
    if (isHeddleError(error)) return error
  }
  throw new Error('expected an error of Heddle')
}

async function libraries(client: Redis): Promise<number> {
  return (await client.function('LIST', 'LIBRARYNAME', 'heddle_*')).length
}

describe('a server that lacks the scripts of the store', () => {
  it('is given all of them by whoever opens a store, in libraries that tell of Heddle', async () => {
    const server = await serverWith()
    const client = clientOf(server)
    expect(await libraries(client)).toBe(0)
    await storeWith({ url: server.url }).ready()
    expect(await libraries(client)).toBe(allScripts.length)
  })

  it('since somebody removed them is given them again', async () => {
    const server = await serverWith()
    const store = storeWith({ url: server.url })
    await store.start(requestOf('one'))
    await clientOf(server).function('FLUSH')
    const runs = ['two', 'three', 'four'].map((runId) => store.start(requestOf(runId)))
    expect((await Promise.all(runs)).map(({ status }) => status)).toEqual(['started', 'started', 'started'])
    expect((await store.readRun('one'))?.status).toBe('live')
  })

  it('since it came back without a log is given them again', async () => {
    const server = await serverWith({ settings: { appendonly: 'no' } })
    const store = storeWith({ url: server.url })
    await store.start(requestOf('one'))
    await server.kill()
    await server.restart()
    expect((await store.start(requestOf('two'))).status).toBe('started')
    expect(await store.readRun('one')).toBeUndefined()
  })

  it('since it is a replica that took over without them is given them', async () => {
    const [primary, replica] = [await serverWith(), await serverWith()]
    let current = clientOf(primary)
    const client = new Proxy(current, {
      get: (_target, name) => {
        const found: unknown = Reflect.get(current, name)
        return typeof found === 'function' ? (found as () => unknown).bind(current) : found
      },
    })
    const store = storeWith({ client })
    await store.start(requestOf('one'))
    const other = clientOf(replica)
    await other.replicaof('127.0.0.1', primary.port)
    await vi.waitFor(async () => expect(await libraries(other)).toBe(allScripts.length), { timeout: 20_000 })
    await primary.kill()
    await other.replicaof('NO', 'ONE')
    await other.function('FLUSH')
    current = other
    expect((await store.readRun('one'))?.status).toBe('live')
    expect((await store.start(requestOf('two'))).status).toBe('started')
  })

  it('is given them by several clients at once, and each of their runs is started once', async () => {
    const server = await serverWith()
    const stores = Array.from({ length: 8 }, () => storeWith({ url: server.url }))
    const starts = stores.map((store) => store.start(requestOf('run')))
    const statuses = (await Promise.all(starts)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([...Array.from({ length: 7 }, () => 'existing'), 'started'])
    expect(await libraries(clientOf(server))).toBe(allScripts.length)
  })

  it('and takes none since its memory is used up is told of as that; where they are, runs are read', async () => {
    const server = await serverWith()
    const client = clientOf(server)
    await client.config('SET', 'maxmemory', '1')
    const store = storeWith({ url: server.url })
    const error = await failure(store.readRun('one'))
    expect([error.code, error.message.includes('its memory is used up')]).toEqual(['STORE_UNAVAILABLE', true])
    await client.config('SET', 'maxmemory', '0')
    await store.start(requestOf('one'))
    await client.config('SET', 'maxmemory', '1')
    expect((await storeWith({ url: server.url }).readRun('one'))?.status).toBe('live')
    await client.config('SET', 'maxmemory', '0')
  })

  it('and takes none since it is a replica is told of as that; where they are, runs are read', async () => {
    const [primary, replica] = [await serverWith(), await serverWith()]
    const other = clientOf(replica)
    await other.replicaof('127.0.0.1', primary.port)
    const reader = storeWith({ url: replica.url, unsafeSettings: 'warn', patienceMs: 500 })
    const error = await failure(reader.readRun('one'))
    expect([error.code, error.message.includes('connect to the primary')]).toEqual(['STORE_UNAVAILABLE', true])
    await storeWith({ url: primary.url }).start(requestOf('one'))
    await vi.waitFor(async () => expect((await reader.readRun('one'))?.status).toBe('live'), { timeout: 20_000 })
    expect((await failure(reader.start(requestOf('two')))).message).toContain('connect to the primary')
  })
})

describe('a server that refuses functions', () => {
  it.each(['fcall', 'function|load', 'function'])(
    'as this user lacks the right to %s is refused, with the rights that it takes',
    async (right) => {
      const server = await serverWith()
      await clientOf(server).call('ACL', 'SETUSER', 'limited', 'on', '>hush', '~*', '&*', '+@all', `-${right}`)
      const store = storeWith({ url: `redis://limited:hush@127.0.0.1:${server.port}` })
      for (const attempt of [store.ready(), store.start(requestOf('run'))]) {
        const error = await failure(attempt)
        expect([error.code, error.message.includes('+fcall and +function|load')]).toEqual(['STORE_SETTINGS', true])
      }
    },
  )

  it.each(['FCALL', 'FUNCTION'])(
    'as it has no %s is refused, without a word of what was to be stored',
    async (command) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'heddle-settings-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const include = path.join(folder, 'redis.conf')
      writeFileSync(include, `rename-command ${command} ""\n`)
      const server = await serverWith({ settings: { include } })
      const error = await failure(storeWith({ url: server.url }).start(requestOf('secret-run')))
      expect([error.code, error.message.includes('take a server that has functions')]).toEqual(['STORE_SETTINGS', true])
      expect(error.message).not.toContain('secret-run')
    },
  )
})

import { inspect } from 'node:util'
import { consoleLogger, isHeddleError, type HeddleError, type ILogger, type StartRequest } from '@heddle/core'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { startRedis } from '../../test/redis-server.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'

const request = (runId: string): StartRequest => requestOf(runId, { input: '"secret input"' })

async function failure(promise: Promise<unknown>): Promise<HeddleError> {
  try {
    await promise
  } catch (error) {
    if (isHeddleError(error)) return error
    throw error
  }
  throw new Error('expected an error')
}

/** A logger that keeps what it is told. */
function keeping(): { readonly logger: ILogger; readonly told: () => string } {
  const lines: string[] = []
  const logger = consoleLogger({
    level: 'warn',
    write: (_level: unknown, ...said: unknown[]) => lines.push(JSON.stringify(said)),
  } as never)
  const keep = (...said: unknown[]): void => {
    lines.push(JSON.stringify(said))
  }
  return {
    logger: { ...logger, warn: keep, info: keep, error: keep, child: () => logger },
    told: () => lines.join('\n'),
  }
}

describe('a Redis that is not there, or not as it should be', () => {
  it('that is down at the start fails within the connect timeout, and says what was tried', async () => {
    const store = redisCoordinationStore({ url: 'redis://:hush@127.0.0.1:1', connectTimeoutMs: 300 })
    const error = await failure(store.ready())
    expect([error.code, error.retryable]).toEqual(['STORE_UNAVAILABLE', true])
    expect(error.message).toContain('127.0.0.1:1')
    expect(error.message).toContain('ECONNREFUSED')
    expect(JSON.stringify([error.message, error.details])).not.toContain('hush')
    await store.close()
    expect((await failure(store.readRun('r'))).code).toBe('ALREADY_CLOSED')
  })

  it('that is killed and comes back with its log is used again by itself, with all that was told', async () => {
    const server = await startRedis({ settings: { appendfsync: 'always' } })
    const store = redisCoordinationStore({ url: server.url })
    await store.start(request('before'))
    await server.kill()
    const meanwhile = [store.start(request('meanwhile')), store.readRun('before')] as const
    await server.restart()
    expect((await meanwhile[0]).status).toBe('started')
    expect((await meanwhile[1])?.status).toBe('live')
    expect([...(await store.takeDue(10, 1000)).runIds].sort()).toEqual(['before', 'meanwhile'])
    await store.close()
    await server.stop()
  })

  it('that is gone for longer than a caller waits makes the operation fail; the next one succeeds', async () => {
    const server = await startRedis()
    const store = redisCoordinationStore({ url: server.url, patienceMs: 200 })
    await store.ready()
    await server.kill()
    expect((await failure(store.start(request('r')))).code).toBe('STORE_UNAVAILABLE')
    await server.restart()
    const end = performance.now() + 20_000
    let status = ''
    while (status !== 'live' && performance.now() < end) {
      try {
        await store.start(request('r'))
        status = (await store.readRun('r'))?.status ?? ''
      } catch (error) {
        expect(isHeddleError(error, 'STORE_UNAVAILABLE')).toBe(true)
      }
    }
    expect(status).toBe('live')
    await store.close()
    await server.stop()
  })

  it('that throws keys away when its memory is full is refused, unless it is asked for; a missing log is only told', async () => {
    const server = await startRedis({ settings: { 'maxmemory-policy': 'allkeys-lru', appendonly: 'no' } })
    const store = redisCoordinationStore({ url: server.url })
    const error = await failure(store.start(request('r')))
    expect(error.code).toBe('STORE_SETTINGS')
    expect(error.message).toContain('allkeys-lru')
    expect(error.message).toContain('noeviction')
    await store.close()
    const { logger, told } = keeping()
    const warned = redisCoordinationStore({ url: server.url, unsafeSettings: 'warn', logger })
    expect((await warned.start(request('r'))).status).toBe('started')
    expect(told()).toContain('allkeys-lru')
    expect(told()).toContain('appendonly')
    await warned.close()
    await server.stop()
  })

  it('whose log is not brought to the disk by itself is told, if it may be asked', async () => {
    const server = await startRedis({ settings: { appendfsync: 'no' } })
    const { logger, told } = keeping()
    const asking = redisCoordinationStore({ url: server.url, logger })
    await asking.ready()
    expect(told()).toContain('appendfsync is no')
    const other = new Redis(server.url)
    await other.call('ACL', 'SETUSER', 'limited', 'on', '>pass', '~*', '&*', '+@all', '-config')
    const { logger: second, told: toldSecond } = keeping()
    const limited = redisCoordinationStore({ url: `redis://limited:pass@127.0.0.1:${server.port}`, logger: second })
    await limited.start(request('r'))
    await other.config('SET', 'appendfsync', 'everysec')
    const fine = redisCoordinationStore({ url: server.url, logger: second })
    await fine.ready()
    expect(toldSecond()).toBe('')
    await other.quit()
    await Promise.all([asking.close(), limited.close(), fine.close()])
    await server.stop()
  })

  it('that is a replica is refused, and that a password is wrong is told, without the password', async () => {
    const primary = await startRedis({ settings: { requirepass: 'right' } })
    const replica = await startRedis({
      settings: { replicaof: `127.0.0.1 ${primary.port}`, masterauth: 'right' },
    })
    const onReplica = redisCoordinationStore({ url: replica.url })
    expect((await failure(onReplica.ready())).message).toContain('replica')
    const wrong = redisCoordinationStore({ url: `redis://:hush@127.0.0.1:${primary.port}`, connectTimeoutMs: 2000 })
    const error = await failure(wrong.ready())
    expect([error.code, error.message.includes('password')]).toEqual(['STORE_UNAVAILABLE', true])
    expect(inspect(error, { depth: 10 })).not.toContain('hush')
    await Promise.all([onReplica.close(), wrong.close()])
    await replica.stop()
    await primary.stop()
  })

  it('that has not the database of the address is refused, and no other database is used', async () => {
    const server = await startRedis()
    const store = redisCoordinationStore({ url: `${server.url}/99` })
    const error = await failure(store.start(request('r')))
    expect([error.code, error.details['address']]).toEqual(['STORE_SETTINGS', `127.0.0.1:${server.port}`])
    expect(error.message).toContain('DB index is out of range')
    const last = redisCoordinationStore({ url: `${server.url}/15` })
    expect((await last.start(request('r'))).status).toBe('started')
    const other = new Redis(server.url)
    expect(await other.keys('*')).toEqual([])
    await other.quit()
    await Promise.all([store.close(), last.close()])
    await server.stop()
  })

  it('whose memory is used up refuses an operation as a whole, and nothing of it is written', async () => {
    const server = await startRedis()
    const store = redisCoordinationStore({ url: server.url })
    await store.start(request('r'))
    const run = { runId: 'r', incarnation: 'incarnation-of-r' }
    const { turn } = await store.deliver(run, undefined, { nonce: 'n', limitMs: 60_000 })
    const other = new Redis(server.url)
    await other.config('SET', 'maxmemory', '1')
    const none = { cells: {}, values: {}, journal: [], dropped: [], cutOff: [], waits: [], timers: [], children: [] }
    const changes = { ...none, handled: ['begin'], dispatches: [], messages: [], expansions: [], failures: [] }
    const ref = { ...run, fence: turn?.fence ?? 0, nonce: 'n', revision: 0 }
    const error = await failure(store.commit(ref, changes, false))
    expect([error.code, error.message.includes('memory')]).toEqual(['STORE_UNAVAILABLE', true])
    await other.config('SET', 'maxmemory', '0')
    expect((await store.deliver(run, undefined, { nonce: 'n', limitMs: 60_000 })).turn?.inbox.length).toBe(1)
    expect((await store.commit(ref, changes, false)).status).toBe('committed')
    await other.quit()
    await store.close()
    await server.stop()
  })
})

describe('ids and prefixes of any form', () => {
  it('that no run can have are refused at the start, and unknown everywhere else', async () => {
    const store = redisCoordinationStore({ url: redisUrl(), prefix: uniquePrefix() })
    for (const id of ['}', '{p1}', 'a:b', 'a b', '', 'x'.repeat(10_000), 'é', '__proto__']) {
      expect((await failure(store.start(request(id)))).code).toBe('INVALID_ID')
      expect(await store.readRun(id)).toBeUndefined()
      expect(await store.cancel(id, undefined, true)).toEqual({ status: 'unknown-run' })
      expect(await store.increment(id, 10)).toBe(1)
      expect(await store.get(id)).toBe('1')
    }
    await store.close()
  })
})

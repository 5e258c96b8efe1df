import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { redisCoordinationStore } from './redis-coordination-store.ts'
import type { RedisCoordinationStoreOptions } from './store-options.ts'

const url = 'redis://127.0.0.1:1'

function refusalOf(given: unknown): unknown {
  try {
    redisCoordinationStore(given as RedisCoordinationStoreOptions)
  } catch (error) {
    return error
  }
  return expect.fail('it should have been refused')
}

describe('options of a coordination store', () => {
  it.each<[string, unknown]>([
    ['options', null],
    ['url', {}],
    ['url', { url: 'http://somewhere' }],
    ['url', { url: 'redis://127.0.0.1:99999' }],
    ['url', { url: 'redis://127.0.0.1/abc' }],
    ['url', { url: 'redis://127.0.0.1/-1' }],
    ['url', { url: 'redis://127.0.0.1?db=x' }],
    ['url', { url: null }],
    ['retentions', { url, retentions: false }],
    ['retention', { url, retention: true }],
    ['retention', { url, retention: null }],
    ['retention', { url, retention: {} }],
    ['retention.age', { url, retention: { age: 5 } }],
    ['retention.ageMs', { url, retention: { ageMs: -1 } }],
    ['connectTimeoutMs', { url, connectTimeoutMs: Infinity }],
    ['connectTimeoutMs', { url, connectTimeoutMs: 2 ** 31 }],
    ['patienceMs', { url, patienceMs: Number.NaN }],
  ])('are refused with their name if they cannot be meant: %s, %o', (option, given) => {
    expect(refusalOf(given)).toMatchObject({ code: 'INVALID_OPTION', details: { option } })
  })

  it('that are not known are told with those that are', () => {
    expect(refusalOf({ url, retain: 5 })).toMatchObject({ message: expect.stringContaining('retention') as string })
    expect(refusalOf({ url, retention: { age: 5 } })).toMatchObject({
      message: expect.stringContaining('ageMs, count') as string,
    })
  })

  it.each(['a/b', 'a#b', 'a%b'])('say how a password is written that has a special character: %s', (password) => {
    const error = refusalOf({ url: `redis://:secret${password}@127.0.0.1:6379` })
    expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('%2F') as string })
    expect(inspect(error, { depth: 10 })).not.toContain('secret')
  })

  it('take any database that has a number, and open no connection by themselves', async () => {
    for (const path of ['', '/', '/0', '/15', '?db=3', '/2?family=6']) {
      await redisCoordinationStore({ url: `${url}${path}` }).close()
    }
    await redisCoordinationStore({ url, retention: { ageMs: undefined } }).close()
  })
})

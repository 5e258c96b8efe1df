import { createHash } from 'node:crypto'
import type { IClock } from '@heddle/core'
import type { Redis } from 'ioredis'
import type { RedisClient } from '../src/store/redis-client.ts'

/** Texts as they were sent, by the hash under which the store knows them: for each key of the time and script. */
const texts = new Map<string, { readonly text: string; readonly sha: string }>()

/**
 * A client whose scripts read a clock of the test in the place of the server's; the store does not know. Wherever a script asks for the
 * time it is given what a key says, which is set before every command; times to live are shortened by the time that the clock has moved.
 *
 * @param timeKey a key that no other test uses
 */
export function clockedClient(redis: Redis, timeKey: string, clock: Pick<IClock, 'now'>): RedisClient {
  const reading = `(function() local ms = redis.call('GET', '${timeKey}')
    return {math.floor(ms / 1000), (ms % 1000) * 1000} end)()`
  const mortal = new Set<string>()
  let at = clock.now()

  /** What is sent goes out in order, so the command that follows sees this time. */
  function setTime(): void {
    const passed = clock.now() - at
    at = clock.now()
    void redis.set(timeKey, at)
    if (passed > 0) for (const key of mortal) void age(redis, key, passed)
  }

  function noteMortal(script: string, keys: readonly string[]): void {
    if (script.includes('PEXPIRE')) for (const key of keys) mortal.add(key)
  }

  return {
    evalsha: async (sha, keyCount, all) => {
      const known = texts.get(`${timeKey}/${sha}`)
      if (known === undefined) throw new Error('NOSCRIPT it was not sent yet')
      setTime()
      noteMortal(known.text, all.slice(0, keyCount))
      return redis.evalsha(known.sha, keyCount, all)
    },
    eval: async (script, keyCount, all) => {
      setTime()
      const text = script.replaceAll(`redis.call('TIME')`, reading)
      texts.set(`${timeKey}/${hashOf(script)}`, { text, sha: hashOf(text) })
      noteMortal(text, all.slice(0, keyCount))
      return redis.eval(text, keyCount, all)
    },
    zadd: (key, condition, score, member) => redis.zadd(key, condition, score, member),
    hget: async (key, field) => {
      setTime()
      return redis.hget(key, field)
    },
    del: (...keys) => redis.del(...keys),
    info: () => redis.info(),
  }
}

function hashOf(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

function age(redis: Redis, key: string, passedMs: number): Promise<unknown> {
  const script = `local left = redis.call('PTTL', KEYS[1]) if left > 0 then redis.call('PEXPIRE', KEYS[1], left - ARGV[1]) end`
  return redis.eval(script, 1, key, passedMs)
}

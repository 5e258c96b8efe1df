import { createHash } from 'node:crypto'
import type { IClock } from '@heddle/core'
import { Redis } from 'ioredis'
import type { RedisClient } from '../src/store/redis-client.ts'

/** A client whose server goes by a clock of the test. */
export interface ClockedClient extends RedisClient {
  close(): Promise<void>
}

/**
 * Makes a client whose scripts read a clock of the test in the place of the server's: the store does not know. Wherever a script asks
 * for the time it is given what a key of the test says, which is set whenever the clock has moved; times to live are shortened by as much.
 *
 * @param prefix that of the store
 */
export function clockedClient(url: string, prefix: string, clock: IClock): ClockedClient {
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  const timeKey = `${prefix}:time`
  const reading = `(function() local ms = redis.call('GET', '${timeKey}')
    return {math.floor(ms / 1000), (ms % 1000) * 1000} end)()`
  const texts = new Map<string, string>()
  const mortal = new Set<string>()
  let at = -1

  /** Both go out one after the other, so nothing comes in between. */
  function setTime(): void {
    const now = clock.now()
    if (now === at) return
    const passed = at === -1 ? 0 : now - at
    at = now
    void redis.set(timeKey, now)
    for (const key of mortal) {
      void redis.eval(
        `local left = redis.call('PTTL', KEYS[1]) if left > 0 then redis.call('PEXPIRE', KEYS[1], left - ARGV[1]) end`,
        1,
        key,
        passed,
      )
    }
  }

  return {
    evalsha: (sha, keyCount, ...rest) => {
      setTime()
      const text = texts.get(sha)
      if (text === undefined) return Promise.reject(new Error('NOSCRIPT it is not known yet'))
      return redis.evalsha(createHash('sha1').update(text).digest('hex'), keyCount, ...rest)
    },
    eval: (script, keyCount, ...rest) => {
      setTime()
      const text = script.replaceAll(`redis.call('TIME')`, reading)
      texts.set(createHash('sha1').update(script).digest('hex'), text)
      if (script.includes('PEXPIRE')) for (const key of rest.slice(0, keyCount)) mortal.add(String(key))
      return redis.eval(text, keyCount, ...rest)
    },
    zadd: (key, condition, score, member) => redis.zadd(key, condition, score, member),
    hget: (key, field) => {
      setTime()
      return redis.hget(key, field)
    },
    del: (...keys) => redis.del(...keys),
    info: () => redis.info(),
    close: async () => {
      await redis.quit()
    },
  }
}

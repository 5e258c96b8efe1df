import type { IClock } from '@heddle/core'
import type { Redis } from 'ioredis'
import { allScripts } from '../src/lua/all-scripts.ts'
import type { RedisClient } from '../src/store/redis-client.ts'

const askingForTime = `redis.call('TIME')`

/** Names of the functions whose text has something in it. */
function namesWith(code: string): ReadonlySet<string> {
  return new Set(allScripts.filter(({ text }) => text.includes(code)).map(({ functionName }) => functionName))
}

const askers = namesWith(askingForTime)
const enders = namesWith('PEXPIRE')

/** How the library is called in which a script is told the time. */
function clockedName(name: string): string {
  return name.replace('heddle_', 'heddle_clocked_')
}

/**
 * A client whose scripts read a clock of the test in the place of the server's; the store does not know. Where a script asks for the time,
 * another library is called in its place, which takes the time from behind the last key. Times to live are shortened by the time that the
 * clock has moved.
 */
export function clockedClient(redis: Redis, clock: Pick<IClock, 'now'>): RedisClient {
  const mortal = new Set<string>()
  let at = clock.now()

  /** What is sent goes out in order, so the command that follows finds keys of their new age. */
  function age(): void {
    const passed = clock.now() - at
    at = clock.now()
    if (passed > 0) for (const key of mortal) void shortenLife(redis, key, passed)
  }

  return {
    fcall: async (name, keyCount, all) => {
      age()
      const keys = all.slice(0, keyCount)
      if (enders.has(name)) for (const key of keys) mortal.add(key)
      if (!askers.has(name)) return redis.fcall(name, keyCount, all)
      return redis.fcall(clockedName(name), keyCount + 1, [...keys, String(at), ...all.slice(keyCount)])
    },
    function: async (subcommand, replace, library) => {
      await redis.function(subcommand, replace, library)
      const [, name = ''] = /^#!lua name=(\w+)/u.exec(library) ?? []
      const told = library.replaceAll(askingForTime, `{math.floor(KEYS[#KEYS] / 1000), (KEYS[#KEYS] % 1000) * 1000}`)
      return told === library || redis.function(subcommand, replace, told.replaceAll(name, clockedName(name)))
    },
    zadd: (key, condition, score, member) => redis.zadd(key, condition, score, member),
    hget: async (key, field) => {
      age()
      return redis.hget(key, field)
    },
    del: (...keys) => redis.del(...keys),
    info: () => redis.info(),
  }
}

function shortenLife(redis: Redis, key: string, passedMs: number): Promise<unknown> {
  const script = `local left = redis.call('PTTL', KEYS[1]) if left > 0 then redis.call('PEXPIRE', KEYS[1], left - ARGV[1]) end`
  return redis.eval(script, 1, key, passedMs)
}

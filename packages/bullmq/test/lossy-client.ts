import type { Redis } from 'ioredis'
import type { RedisClient } from '../src/store/redis-client.ts'

/** A client that loses the reply of every so many scripts, at random, and sends them again; others may come in between. */
export function lossyClient(redis: Redis, share: number): RedisClient & { readonly repeated: () => number } {
  let repeated = 0
  async function twice(send: () => Promise<unknown>): Promise<unknown> {
    const first = await send()
    if (Math.random() >= share) return first
    repeated++
    for (let turns = Math.floor(Math.random() * 3); turns > 0; turns--) await redis.ping()
    return send()
  }
  return {
    fcall: (name, keyCount, all) => twice(() => redis.fcall(name, keyCount, all)),
    function: (subcommand, replace, library) => twice(() => redis.function(subcommand, replace, library)),
    zadd: (key, condition, score, member) => redis.zadd(key, condition, score, member),
    hget: (key, field) => redis.hget(key, field),
    del: (...keys) => redis.del(...keys),
    info: () => redis.info(),
    repeated: () => repeated,
  }
}

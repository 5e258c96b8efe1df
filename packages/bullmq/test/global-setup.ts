import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import type { TestProject } from 'vitest/node'
import { startRedis } from './redis-server.ts'

declare module 'vitest' {
  // vitest's own declaration is an interface, which is how it can be added to.
  interface ProvidedContext {
    /** Address of the Redis that serves this run of the tests: `REDIS_URL`, or one of our own. */
    readonly redisUrl: string
    /** What every key of this run of the tests begins with. */
    readonly redisPrefix: string
  }
}

/** Starts one Redis for the whole run of the tests, unless `REDIS_URL` names one; of that one only our own keys and libraries are removed. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const prefix = `heddle-test-${randomBytes(6).toString('hex')}`
  provide('redisPrefix', prefix)
  const given = process.env['REDIS_URL']
  if (given !== undefined && given !== '') {
    provide('redisUrl', given)
    return () => removeKeys(given, prefix)
  }
  const server = await startRedis()
  provide('redisUrl', server.url)
  return () => server.stop()
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url)
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 }) as AsyncIterable<string[]>) {
    if (keys.length > 0) await client.unlink(...keys)
  }
  for (const found of await client.function('LIST', 'LIBRARYNAME', 'heddle_clocked_*')) {
    const [, name] = found as [label: string, name: string]
    await client.function('DELETE', name)
  }
  await client.quit()
}

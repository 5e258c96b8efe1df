import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from './redis.ts'
import { startRedis } from './redis-server.ts'

describe('the Redis of the tests', () => {
  it('answers at the address that every test is given', async () => {
    const client = new Redis(redisUrl())
    const key = uniquePrefix()
    await client.set(key, '1', 'EX', 10)
    expect(await client.get(key)).toBe('1')
    await client.quit()
  })

  it('comes back with what it had when it was killed', async () => {
    const server = await startRedis({ settings: { appendfsync: 'always' } })
    const before = new Redis(server.url)
    await before.set('kept', '1')
    before.disconnect()
    await server.kill()
    await server.restart()
    const after = new Redis(server.url)
    expect(await after.get('kept')).toBe('1')
    await after.quit()
    await server.stop()
  })
})

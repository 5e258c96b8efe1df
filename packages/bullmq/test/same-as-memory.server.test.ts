import { memoryCoordinationStore, type IClock, type ICoordinationStore } from '@heddle/core'
import { assertSimulation, simulate } from '@heddle/testing'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleFlows, type SampleName } from '../../testing/test/simulator/sample-flows.ts'
import { redisCoordinationStore } from '../src/store/redis-coordination-store.ts'
import { clockedClient } from './clocked-client.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { twinStore, type Comparison } from './twin-store.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

const seeds = Number(process.env['HEDDLE_TWIN_SEEDS'] ?? 8)

/** Simulates workers that crash, stand still and come back, and makes every operation of theirs on Redis too. */
async function compare(name: SampleName): Promise<number> {
  const comparisons: Comparison[] = []
  const store = ({ clock: given }: { readonly clock: IClock }): ICoordinationStore => {
    const clock: IClock = {
      now: () => Math.floor(given.now()),
      schedule: (delayMs, callback) => given.schedule(delayMs, callback),
    }
    const twin = twinStore(memoryCoordinationStore({ clock }), clock, (standing) =>
      redisCoordinationStore({ client: clockedClient(redis, standing), prefix: uniquePrefix() }),
    )
    comparisons.push(twin.comparison)
    return twin.store
  }
  const { workflow, options } = sampleFlows[name]
  assertSimulation(await simulate(workflow, { ...options, seeds, store }))
  let count = 0
  for (const comparison of comparisons) {
    await comparison.settled()
    for (const compared of comparison.counts.values()) count += compared
  }
  return count
}

describe('redisCoordinationStore answers as memoryCoordinationStore does', () => {
  it.each(Object.keys(sampleFlows) as SampleName[])(
    'to whatever workers ask for that crash, stand still and come back, in "%s"',
    async (name) => {
      expect(await compare(name)).toBeGreaterThan(10 * seeds)
    },
    300_000,
  )
})

import { FlowRuntime, memoryJobQueue, defineWorkflow, createWorker, ofType } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { redisCoordinationStore } from '../src/store/redis-coordination-store.ts'
import { lossyClient } from './lossy-client.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { requestOf } from './start-requests.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

const order = defineWorkflow('order', { input: ofType<{ n: number }>() })
  .node('a', ({ input }) => input.n)
  .node('b', { after: 'a' }, ({ deps }) => deps.a + 1)
  .node('c', { after: 'a' }, ({ deps }) => deps.a + 2)
  .node('d', { after: 'a' }, async (context) => context.step('once', () => context.deps.a + 3))
  .wait('approval', { after: 'a', schema: ofType<number>() })
  .node('join', { after: ['b', 'c', 'd', 'approval'] }, ({ deps }) => [deps.b, deps.c, deps.d, deps.approval])
  .build()

describe('scripts whose reply was lost are sent again', () => {
  it('and runs end as if nothing had happened: each visit settles once, each join fires once, no gap in the journal', async () => {
    const client = lossyClient(redis, 0.5)
    const store = redisCoordinationStore({ client, prefix: uniquePrefix() })
    const queue = memoryJobQueue()
    const worker = createWorker({ workflows: [order], store, queue, concurrency: 10 })
    const runtime = new FlowRuntime({ store, queue })
    const runs = Array.from({ length: 30 }, async (_, n) => {
      const run = await runtime.start(order, { n })
      for (;;) {
        if ((await run.status()) === 'awaiting') break
        await new Promise((resolve) => {
          setTimeout(resolve, 5)
        })
      }
      await run.resume('approval', n)
      const result = await run.result()
      expect([result.status, result.output]).toEqual(['completed', [n + 1, n + 2, n + 3, n]])
      const head = await store.readRun(run.runId)
      const ref = { runId: run.runId, incarnation: head?.incarnation ?? '' }
      const journal = await store.readJournal(ref, 0, 1000)
      expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_entry, place) => place + 1))
      const settled = journal
        .filter(({ fact }) => fact.type === 'node.completed')
        .map(({ fact }) => fact['nodeId'] as string)
        .sort((one, other) => one.localeCompare(other))
      expect(settled).toEqual(['a', 'approval', 'b', 'c', 'd', 'join'])
    })
    await Promise.all(runs)
    await worker.close()
    expect(client.repeated()).toBeGreaterThan(300)
  }, 120_000)

  it('and a counter counts each call once, a key has one setter, and due runs are told to the one who asked', async () => {
    const store = redisCoordinationStore({ client: lossyClient(redis, 1), prefix: uniquePrefix() })
    const counted = await Promise.all(Array.from({ length: 50 }, () => store.increment('joins', 60)))
    expect(counted.sort((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1))
    const set = await Promise.all(Array.from({ length: 20 }, () => store.setIfNotExist('lock', 'mine', 60)))
    expect(set.filter(Boolean)).toHaveLength(1)
    const [run, other] = [requestOf('run-1'), requestOf('run-2')]
    await store.start(run)
    await store.start(other)
    expect([...(await store.takeDue(10, 5000)).runIds].sort()).toEqual(['run-1', 'run-2'])
    expect((await store.takeDue(10, 5000)).runIds).toEqual([])
  })

  it('and a lost attempt is dispatched again once, by a job that its caller is told of', async () => {
    const store = redisCoordinationStore({ client: lossyClient(redis, 1), prefix: uniquePrefix() })
    const run = requestOf('lost')
    await store.start(run)
    const { turn } = await store.deliver(run, undefined, { nonce: 'n1', limitMs: 5000 })
    const visit = { nodeId: 'a', iteration: [] }
    const dispatch = { visit, visitKey: 'a', attempt: 1, delayMs: 0, touches: [] }
    const none = { cells: {}, values: {}, journal: [], dropped: [], cutOff: [], waits: [], timers: [], children: [] }
    const changes = { ...none, handled: ['begin'], dispatches: [dispatch], messages: [], expansions: [], failures: [] }
    await store.commit({ ...run, fence: turn?.fence ?? 0, nonce: 'n1', revision: 0 }, changes, false)
    await store.claim({
      ...run,
      visitKey: 'a',
      dispatch: 1,
      token: 't',
      leaseMs: 1,
      cells: [],
      values: [],
      touches: [],
    })
    for (;;) {
      const tended = await store.tend(run.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
      if (tended?.jobs.length !== 0) {
        expect(tended?.jobs.map(({ dispatch: number }) => number)).toEqual([2])
        break
      }
    }
    expect((await store.readDispatches(run)).map(({ dispatch: number }) => number)).toEqual([2])
  })
})

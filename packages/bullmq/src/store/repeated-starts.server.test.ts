import { createWorker, defineWorkflow, FlowRuntime, memoryJobQueue, ofType, type RunHandle } from '@heddle/core'
import { afterEach, describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { redisCoordinationStore, type RedisCoordinationStore } from './redis-coordination-store.ts'

let calls = 0
const once = defineWorkflow('once', { input: ofType<number>() })
  .node('a', ({ input }) => {
    calls++
    return input + 1
  })
  .build()

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

/** Clients that share nothing but the server, and a queue that a worker serves. */
function clientsOf(count: number): { readonly clients: FlowRuntime[]; readonly stores: RedisCoordinationStore[] } {
  const prefix = uniquePrefix()
  const queue = memoryJobQueue()
  const stores = Array.from({ length: count }, () => redisCoordinationStore({ url: redisUrl(), prefix }))
  open.push(queue, ...stores)
  const [store = stores[0] as RedisCoordinationStore] = stores
  open.push(createWorker({ workflows: [once], store, queue }))
  calls = 0
  return { stores, clients: stores.map((one) => new FlowRuntime({ store: one, queue, pollMs: 20 })) }
}

const outputOf = async (run: Pick<RunHandle, 'result'>): Promise<unknown> => (await run.result()).output

describe('a start that is sent again', () => {
  it('by twenty clients at once makes one run, which all of them follow; another input is refused', async () => {
    const { clients, stores } = clientsOf(20)
    const starts = clients.flatMap((client) => [1, 1].map((input) => client.start(once, input, { runId: 'r' })))
    const runs = await Promise.all(starts)
    expect(await Promise.all(runs.map(outputOf))).toEqual(runs.map(() => 2))
    expect(calls).toBe(1)
    expect(await stores[1]?.listRuns(10)).toHaveLength(1)
    const others = await Promise.allSettled(clients.map((client) => client.start(once, 5, { runId: 'r' })))
    for (const other of others) expect(other).toMatchObject({ status: 'rejected', reason: { code: 'RUN_CONFLICT' } })
  })

  it('after the run has ended answers that run, as long as it is kept; then it makes a new one', async () => {
    const { clients, stores } = clientsOf(2)
    const [one, two] = clients as [FlowRuntime, FlowRuntime]
    const run = await one.start(once, 1, { runId: 'r' })
    const events = run.events()
    await run.result()
    expect(await outputOf(await two.start(once, 1, { runId: 'r' }))).toBe(2)
    expect(calls).toBe(1)
    const head = await stores[0]?.readRun('r')
    await stores[0]?.remove(head ?? { runId: 'r', incarnation: '' })
    await expect(run.status()).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    expect(await outputOf(await two.start(once, 5, { runId: 'r' }))).toBe(6)
    expect(calls).toBe(2)
    expect((await stores[0]?.readRun('r'))?.incarnation).not.toBe(head?.incarnation)
    const told: unknown[] = []
    for await (const { type } of events) told.push(type)
    expect(told.at(-1)).toBe('run.completed')
  })

  it('after it was cancelled, before any worker had it, answers the cancelled run', async () => {
    const prefix = uniquePrefix()
    const queue = memoryJobQueue()
    const store = redisCoordinationStore({ url: redisUrl(), prefix })
    open.push(queue, store)
    const client = new FlowRuntime({ store, queue, pollMs: 20 })
    await expect(client.open('r').cancel()).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    const run = await client.start(once, 1, { runId: 'r' })
    await run.cancel('too soon')
    const again = await client.start(once, 1, { runId: 'r' })
    open.push(createWorker({ workflows: [once], store, queue }))
    calls = 0
    expect((await again.result()).status).toBe('cancelled')
    expect((await (await client.start(once, 1, { runId: 'r' })).result()).status).toBe('cancelled')
    expect(calls).toBe(0)
  })
})

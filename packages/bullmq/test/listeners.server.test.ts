import { createWorker, defineWorkflow, FlowRuntime, memoryJobQueue, type RunEvent } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { redisCoordinationStore } from '../src/store/redis-coordination-store.ts'
import { redisUrl, uniquePrefix } from './redis.ts'

const steps = Array.from({ length: 40 }, (_, at) => `step ${at}`)
const chatty = defineWorkflow('chatty')
  .node('talk', async ({ step, waitFor }) => {
    await waitFor('go')
    for (const name of steps) await step(name, () => name.repeat(20))
    return 'done'
  })
  .build()

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

/** A worker, and a client whose connection is its own. */
function machines(): { readonly client: FlowRuntime; readonly redis: Redis } {
  const prefix = uniquePrefix()
  const queue = memoryJobQueue()
  const store = redisCoordinationStore({ url: redisUrl(), prefix })
  const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null, retryStrategy: () => 5 })
  const own = redisCoordinationStore({ client: redis, prefix })
  const worker = createWorker({ workflows: [chatty], store, queue })
  open.push({ close: async () => redis.disconnect() }, queue, store, own, worker)
  return { client: new FlowRuntime({ store: own, queue, pollMs: 50 }), redis }
}

/** Reads all events, and does something after each. */
async function listen(events: AsyncIterable<RunEvent>, each?: (event: RunEvent) => Promise<void>): Promise<RunEvent[]> {
  const heard: RunEvent[] = []
  for await (const event of events) {
    heard.push(event)
    await each?.(event)
  }
  return heard
}

async function untilAwaiting(client: FlowRuntime): Promise<void> {
  await listen(client.open('r').events(), async ({ type }) => {
    if (type === 'node.suspended') await client.open(chatty, 'r').resume('go:talk')
  })
}

describe('listeners of a run on Redis', () => {
  it('hear every event once and in order: early, in the middle, slow ones, after the end, and two hundred of them', async () => {
    const { client } = machines()
    await expect(listen(client.open('r').events())).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    await client.start(chatty, undefined, { runId: 'r' })
    let later: Promise<RunEvent[]> | undefined
    const pause = (): Promise<void> =>
      new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    const early = Array.from({ length: 200 }, () => listen(client.open('r').events()))
    const slow = listen(client.open('r').events(), async (event) => {
      if (event.type === 'step.recorded') later ??= listen(client.open('r').events())
      await pause()
    })
    await untilAwaiting(client)
    const heard = await slow
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, at) => at + 1))
    expect(heard.filter(({ type }) => type === 'step.recorded')).toHaveLength(steps.length)
    expect(heard.at(-1)).toMatchObject({ type: 'run.completed', output: 'done' })
    for (const one of await Promise.all([...early, later])) expect(one).toEqual(heard)
    expect(await listen(client.open('r').events())).toEqual(heard)
  })

  it('whose connection is cut again and again miss nothing', async () => {
    const { client, redis } = machines()
    await client.start(chatty, undefined, { runId: 'r' })
    let cuts = 0
    const listening = listen(client.open('r').events(), async ({ type }) => {
      if (type !== 'step.recorded' || cuts === 5) return
      cuts++
      redis.disconnect(true)
    })
    await untilAwaiting(client)
    const heard = await listening
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, at) => at + 1))
    expect([heard.at(-1)?.type, cuts]).toEqual(['run.completed', 5])
    expect(await client.open('r').journal()).toEqual(heard)
  })
})

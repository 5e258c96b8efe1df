import {
  createWorker,
  defineWorkflow,
  FlowRuntime,
  isHeddleError,
  ofType,
  type HeddleError,
  type RunJob,
  type RunLimits,
  type Workflow,
} from '@heddle/core'
import { afterEach, describe, expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { until } from './jobs.ts'
import { recordLog } from './record-log.ts'
import { redisUrl, uniquePrefix } from './redis.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

interface Place {
  readonly prefix: string
  readonly limits?: Partial<RunLimits>
}

/** A client on connections of its own. */
function openClient({ prefix, limits = {} }: Place) {
  const store = redisCoordinationStore({ url: redisUrl(), prefix })
  const queue = bullmqJobQueue({ url: redisUrl(), prefix })
  closers.push(async () => {
    await queue.close()
    await store.close()
  })
  return { store, queue, client: new FlowRuntime({ store, queue, limits, pollMs: 50 }) }
}

/** A worker on connections of its own. */
function openWorker({ prefix, limits = {} }: Place, ...workflows: readonly Workflow[]) {
  const { store, queue } = openClient({ prefix })
  const { logger, lines } = recordLog()
  const worker = createWorker({ workflows, store, queue, limits, logger, sweepMs: 100 })
  closers.push(() => worker.close())
  return lines
}

async function rejection(promise: Promise<unknown>): Promise<HeddleError> {
  try {
    await promise
  } catch (error) {
    if (isHeddleError(error)) return error
    throw error
  }
  return expect.fail('it should have been refused')
}

const double = defineWorkflow('double', { input: ofType<number>() })
  .node('twice', ({ input }) => 2 * input)
  .build()

const triple = defineWorkflow('triple', { input: ofType<number>() })
  .node('thrice', ({ input }) => 3 * input)
  .build()

describe('one run id for two runs', () => {
  it('is refused to whoever comes second with another input or workflow, however close; the same again is the same run', async () => {
    const place = { prefix: uniquePrefix() }
    const clients = [openClient(place).client, openClient(place).client] as const
    const start = (client: FlowRuntime, input: number) => client.start(double, input, { runId: 'order-7' })
    const starts = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => start(clients[at % 2]!, at % 2)))
    const refused = starts.flatMap((one) => (one.status === 'rejected' ? [one.reason as HeddleError] : []))
    expect(refused).toHaveLength(10)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['RUN_CONFLICT']))
    expect(refused[0]?.details).toMatchObject({ runId: 'order-7' })
    const winner = starts[0]?.status === 'fulfilled' ? 0 : 1
    expect((await rejection(clients[winner].start(triple, winner, { runId: 'order-7' }))).code).toBe('RUN_CONFLICT')
    openWorker(place, double, triple)
    const first = await start(clients[winner], winner)
    expect((await first.result()).output).toBe(2 * winner)
    expect((await rejection(start(clients[1 - winner]!, 1 - winner))).code).toBe('RUN_CONFLICT')
    const journal = await first.journal()
    expect(journal.filter(({ type }) => type === 'run.started')).toHaveLength(1)
  })
})

describe('a run that nobody has started', () => {
  it('is told as unknown by everything that can be asked of it, whatever its id', async () => {
    const { client } = openClient({ prefix: uniquePrefix() })
    for (const runId of ['nobody', '}', '{p1}', 'a:b c', 'x'.repeat(10_000), '__proto__']) {
      const run = client.open(runId)
      const calls = [
        () => run.status(),
        () => run.result(),
        () => run.waits(),
        () => run.journal(),
        () => run.explain(),
        () => run.resume('ask:ask', 1),
        () => run.cancel('enough'),
        () => run.events()[Symbol.asyncIterator]().next(),
      ]
      for (const call of calls) expect((await rejection(call())).code).toMatch(/^UNKNOWN_RUN$|^INVALID_ID$/u)
    }
    expect((await client.list()).runs).toEqual([])
  })
})

describe('hostile ids', () => {
  it('are refused at the door, of runs and of nodes alike, and nothing is started', async () => {
    const { client } = openClient({ prefix: uniquePrefix() })
    for (const id of ['}', '{p1}', 'a:b', 'a b', '', 'x'.repeat(10_000), 'a\0b', '__proto__', '../a']) {
      expect((await rejection(client.start(double, 1, { runId: id }))).code).toBe('INVALID_ID')
      const blueprint = { id: 'hostile', nodes: [{ id, uses: 'twice' }], edges: [] }
      const { code } = await rejection(client.start({ blueprint, registry: double.registry }, 1))
      expect(code).toMatch(/^INVALID_BLUEPRINT$|^INVALID_ID$/u)
    }
    expect((await client.list()).runs).toEqual([])
  })

  it('may be texts with anything in them where they are names, of waits and steps; those that cannot be are told', async () => {
    const place = { prefix: uniquePrefix() }
    const workflow = defineWorkflow('names', { input: ofType<string>() })
      .node('ask', async ({ input, step, waitFor }) => {
        const told = await step(input, () => input.length)
        return [told, await waitFor(input)]
      })
      .build()
    openWorker(place, workflow)
    const { client } = openClient(place)
    for (const name of ['}', '{p1}', 'a:b', 'a b', 'é', '__proto__']) {
      const run = await client.start(workflow, name)
      await until(async () => (await run.waits()).length === 1)
      const [wait] = await run.waits()
      expect(wait?.name).toBe(name)
      await client.open(run.runId).resume(wait!.waitId, 'yes')
      expect(await run.result()).toMatchObject({ status: 'completed', output: [name.length, 'yes'] })
    }
    for (const name of ['x'.repeat(10_000), '\n', '']) {
      const { errors } = await (await client.start(workflow, name)).result()
      expect(errors[0]?.message).toContain('cannot be the name of a durable call')
    }
  })
})

describe('a value over the limit', () => {
  const limits = { maxBytes: 10_000 }
  const long = defineWorkflow('long', { input: ofType<string>() })
    .node('grow', ({ input }) => input.repeat(100))
    .node('next', { after: 'grow' }, () => 'never')
    .build()

  it('is refused as an input before anything is written, and fails the node as an output; the worker goes on', async () => {
    const place = { prefix: uniquePrefix(), limits }
    openWorker(place, long)
    const { client } = openClient(place)
    const error = await rejection(client.start(long, 'x'.repeat(20_000), { runId: 'large' }))
    expect([error.code, error.details['limit']]).toEqual(['LIMIT_EXCEEDED', 'maxBytes'])
    expect((await rejection(client.open('large').status())).code).toBe('UNKNOWN_RUN')
    const failed = await (await client.start(long, 'x'.repeat(1000))).result()
    expect(failed).toMatchObject({ status: 'failed', skipped: ['next'] })
    expect(failed.errors.map(({ code }) => code)).toEqual(['LIMIT_EXCEEDED'])
    expect((await (await client.start(long, 'x')).result()).output).toBe('never')
  })
})

describe('jobs that look like ours and are not', () => {
  it('do nothing to any run, and hold up nobody', async () => {
    const place = { prefix: uniquePrefix() }
    const lines = openWorker(place, double)
    const { client, store, queue } = openClient(place)
    const run = await client.start(double, 4)
    await run.result()
    const before = await run.journal()
    const { incarnation = '', definitionHash = '' } = (await store.readRun(run.runId)) ?? {}
    const twice = { nodeId: 'twice', iteration: [] }
    const real: RunJob = {
      id: 'a',
      runId: run.runId,
      incarnation,
      definitionHash,
      visit: twice,
      dispatch: 1,
    }
    const forged: RunJob[] = [
      real,
      { ...real, id: 'b', dispatch: 99 },
      { ...real, id: 'c', dispatch: -1 },
      { ...real, id: 'd', incarnation: 'another' },
      { ...real, id: 'e', runId: 'nobody' },
      { ...real, id: 'f', runId: '}{:'.repeat(4000) },
      { ...real, id: 'g', visit: { nodeId: 'ghost', iteration: [] } },
      { ...real, id: 'h', visit: { nodeId: '__proto__', iteration: [] } },
      { ...real, id: 'i', visit: { ...twice, iteration: [1, 2, 3] } },
      { ...real, id: 'j', visit: { ...twice, iteration: ['x', null] as unknown as number[] } },
      { ...real, id: 'k', visit: { ...twice, item: 1e9 } },
    ]
    await queue.enqueue(forged)
    const later = await client.start(double, 5)
    expect((await later.result()).output).toBe(10)
    expect(await run.journal()).toEqual(before)
    expect((await client.list()).runs).toHaveLength(2)
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { CelEvaluator } from '../defaults/cel-evaluator.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { createWorker } from './create-worker.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { RunLimits } from './limits.ts'

const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)])

const registry: Registry = {
  long: () => 'x'.repeat(2000),
  deep: ({ input }) => nested(input as number),
  numbers: () => Array.from({ length: 50 }, (_, at) => at),
  same: ({ input }: NodeContext) => input,
}

const one = (uses: string, params: object = {}): WorkflowBlueprint => ({
  id: 'one',
  nodes: [{ id: 'a', uses, params: { ...params } }],
  edges: [],
})

const condition: WorkflowBlueprint = {
  id: 'condition',
  nodes: ['numbers', 'same'].map((id) => ({ id, uses: id })),
  edges: [{ source: 'numbers', target: 'same', condition: 'result.all(n, n >= 0)' }],
}

const endless = one('subflow', { blueprintId: 'one' })

function isRefused(serializer: SuperjsonSerializer, value: unknown): boolean {
  try {
    serializer.serialize(value)
    return false
  } catch {
    return true
  }
}

describe('a limit of a runtime', () => {
  it.each<readonly [limit: keyof RunLimits, value: number, blueprint: WorkflowBlueprint, input: unknown, code: string]>(
    [
      ['maxBytes', 1000, one('long'), undefined, 'LIMIT_EXCEEDED'],
      ['maxDepth', 5, one('deep'), 6, 'NOT_SERIALISABLE'],
      ['maxSteps', 20, condition, undefined, 'EXPRESSION_FAILED'],
      ['maxSubflowDepth', 1, endless, undefined, 'SUBFLOW_FAILED'],
      ['maxMapItems', 49, one('map', { over: 'numbers', each: 'same' }), undefined, 'LIMIT_EXCEEDED'],
    ],
  )('%s of %d ends what goes past it with an error that names it', async (limit, value, blueprint, input, code) => {
    const runtime = new FlowRuntime({ registry, blueprints: { one: endless }, limits: { [limit]: value } })
    const { errors } = await runtime.run(blueprint, input)
    expect(errors.map((error) => error.code)).toEqual([code])
    expect(errors[0]?.message).toContain(limit)
  })

  it.each([100, 200, 700, 5000])('of %d bytes refuses a short text where its serializer does', async (maxBytes) => {
    const serializer = new SuperjsonSerializer({ maxBytes })
    const ends = new Set<string>()
    for (let length = 0; length * 5 < maxBytes + 100; length++) {
      const text = '\u0000'.repeat(length)
      const runtime = new FlowRuntime({ registry: { text: () => text }, limits: { maxBytes } })
      const { status } = await runtime.run(one('text'))
      expect({ length, status }).toEqual({ length, status: isRefused(serializer, text) ? 'failed' : 'completed' })
      ends.add(status)
    }
    expect([...ends]).toEqual(['completed', 'failed'])
  })

  it('does nothing to what stays below it', async () => {
    const limits = { maxBytes: 3000, maxDepth: 1000, maxSteps: 500, maxMapItems: 50 }
    const runtime = new FlowRuntime({ registry, limits })
    const runs = [runtime.run(one('long')), runtime.run(one('deep'), 900), runtime.run(condition)]
    expect((await Promise.all(runs)).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
    const map = await runtime.run(one('map', { over: 'numbers', each: 'same' }))
    expect(map.status).toBe('completed')
  })

  it('leaves room for a value of the greatest depth on the way to text and back', () => {
    const serializer = new SuperjsonSerializer({ maxDepth: 1000 })
    expect(serializer.deserialize(serializer.serialize(nested(999)))).toEqual(nested(999))
  })

  it.each([
    ['maxBytes', 0],
    ['maxBytes', '10 MB'],
    ['maxDepth', 1001],
    ['maxDepth', 0],
    ['maxSteps', Number.NaN],
    ['maxSubflowDepth', -1],
    ['maxSubflowDepth', 0.5],
    ['maxMapItems', 0],
    ['maxMapItems', Infinity],
    ['maxItems', 10],
  ])('%s of %s is refused at once', (limit, value) => {
    const limits = { [limit]: value } as Partial<RunLimits>
    const refusal: unknown = expect.objectContaining({
      code: 'INVALID_OPTION',
      details: expect.objectContaining({ option: `limits.${limit}` }) as unknown,
    })
    expect(() => new FlowRuntime({ limits })).toThrow(refusal)
    const ports = { store: memoryCoordinationStore(), queue: memoryJobQueue() }
    expect(() => createWorker({ ...ports, blueprints: [one('long')], registry, limits })).toThrow(refusal)
  })

  it('on lost attempts is one of runs with a journal', () => {
    const refusal: unknown = expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('give a journal store as "store"') as unknown,
    })
    const limits = { maxLostAttempts: 3 }
    expect(() => new FlowRuntime({ limits })).toThrow(refusal)
    const ports = { store: memoryCoordinationStore(), queue: memoryJobQueue() }
    expect(() => new FlowRuntime({ ...ports, limits })).toThrow(refusal)
    expect(() => new FlowRuntime({ store: memoryJournalStore(), limits })).not.toThrow()
  })

  it('that a payload goes past is told with its size', async () => {
    const blueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
    const run = await new FlowRuntime({ limits: { maxBytes: 100 } }).start(blueprint)
    await expect(run.resume('ask', 'x'.repeat(200))).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      message: expect.stringMatching(
        /^the payload for wait "ask" cannot be stored: .*202 bytes .* 100 are allowed/u,
      ) as unknown,
      details: { limit: 'maxBytes', maxBytes: 100 },
    })
  })

  it('that a given serializer or evaluator would have to keep is refused', () => {
    const refusal: unknown = expect.objectContaining({ code: 'INVALID_OPTION' })
    expect(() => new FlowRuntime({ serializer: new SuperjsonSerializer(), limits: { maxBytes: 10 } })).toThrow(refusal)
    expect(() => new FlowRuntime({ evaluator: new CelEvaluator(), limits: { maxSteps: 10 } })).toThrow(refusal)
    expect(() => new FlowRuntime({ evaluator: new CelEvaluator(), limits: { maxBytes: 10 } })).not.toThrow()
  })
})

describe('the limits of a worker', () => {
  const open = (limits: object): (() => unknown) => {
    const ports = { store: memoryCoordinationStore(), queue: memoryJobQueue() }
    return () => createWorker({ ...ports, blueprints: [one('long')], registry, limits })
  }

  it.each([
    ['leaseMs', 0],
    ['turnMs', Infinity],
    ['maxCommits', 1.5],
    ['maxLostAttempts', -1],
    ['resendAfterMs', Number.NaN],
    ['resendAfterMs', 60_001],
  ])('are refused at once with %s of %d', (limit, value) => {
    expect(open({ [limit]: value })).toThrow(`limits.${limit} must be`)
  })

  it('are each named once where one is given that is none', () => {
    const told: string[] = []
    try {
      open({ nothingLikeIt: 1 })()
    } catch (error) {
      told.push(...(error as HeddleError).message.replaceAll(/^.*There are |\.$/gu, '').split(', '))
    }
    expect(told).toContain('maxLostAttempts')
    expect(new Set(told).size).toBe(told.length)
  })

  it('take those of the protocol beside those of runs', async () => {
    const worker = open({ maxBytes: 1000, leaseMs: 500, maxLostAttempts: 0 })() as { close(): Promise<void> }
    await worker.close()
  })

  it('of the protocol are none of a runtime', () => {
    expect(() => new FlowRuntime({ limits: { leaseMs: 5 } as Partial<RunLimits> })).toThrow(
      'limits.leaseMs is no limit',
    )
  })
})

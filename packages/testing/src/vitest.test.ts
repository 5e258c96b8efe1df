import { stripVTControlCharacters } from 'node:util'
import { FlowRuntime } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../test/graph.ts'
import { recordEvents } from './events/record-events.ts'
import { createStepper } from './stepper/create-stepper.ts'
import { extendExpect } from './vitest.ts'

extendExpect(expect)

const registry = {
  a: () => 1,
  fail: () => {
    throw Object.assign(new Error('no money'), { code: 'E_FUNDS' })
  },
  fb: () => 'instead',
}
const flow = graph(
  {
    a: {},
    b: { uses: 'a' },
    pay: { uses: 'fail' },
    after: { uses: 'a' },
    safe: { uses: 'fail', config: { fallback: 'fb' } },
    fb: {},
    spare: { uses: 'a' },
  },
  [
    ['a', 'b', { action: 'never' }],
    ['a', 'pay'],
    ['a', 'safe'],
    ['pay', 'after'],
    ['b', 'spare'],
  ],
)

async function runAll(): Promise<readonly unknown[]> {
  const runtime = new FlowRuntime({ registry })
  const recorder = recordEvents(runtime)
  const run = await runtime.start(flow, undefined, { onFailure: 'continue', journal: true })
  const result = await run.result()
  const stepper = createStepper(flow, { registry, onFailure: 'continue' })
  await stepper.until((now) => now.status === 'failed')
  return [result, recorder, await run.journal(), stepper]
}

/** The message of a matcher that fails. */
function messageOf(fails: () => void): string {
  try {
    fails()
  } catch (error) {
    return stripVTControlCharacters((error as Error).message)
  }
  return 'it passed'
}

describe('the matchers', () => {
  it('say the same of a result, a recorder, a journal and a stepper', async () => {
    for (const run of await runAll()) {
      expect(run).toHaveStatus('failed')
      expect(run).not.toHaveStatus('completed')
      expect(run).toHaveCompletedNodes('a', 'safe', 'fb')
      expect(run).not.toHaveCompletedNodes('pay', 'after')
      expect(run).toHaveSkipped('b', 'after', 'spare')
      expect(run).not.toHaveSkipped('a', 'pay')
      expect(run).toHaveFailedWith('NODE_FAILED', 'pay')
      expect(run).toHaveFailedWith('E_FUNDS')
      expect(run).not.toHaveFailedWith('NODE_TIMEOUT')
      expect(run).not.toHaveFailedWith('NODE_FAILED', 'a')
      expect(run).toHaveOutput('safe', 'instead')
      expect(run).toHaveOutput('a', expect.any(Number))
      expect(run).not.toHaveOutput('a', 2)
      expect(run).not.toHaveOutput('pay', undefined)
    }
  })

  it('count visits, retries and items of a map not among them', async () => {
    const retry = { maxAttempts: 3 }
    const loop = graph(
      { loop: {}, map: { params: { each: 'each' } } },
      [
        ['loop', 'loop', { condition: 'result.size() < 3' }],
        ['loop', 'map', { condition: 'result.size() >= 3' }],
      ],
      { start: ['loop'] },
    )
    const stepper = createStepper(
      { ...loop, nodes: loop.nodes.map((node) => ({ ...node, config: { retry } })) },
      {
        input: [],
        registry: {
          loop: ({ input, attempt }: { input: number[]; attempt: number }) => {
            if (attempt === 1) throw new Error('again')
            return [...input, 1]
          },
          each: ({ item }: { item: number }) => item,
        },
      },
    )
    await stepper.until((now) => now.status === 'completed')
    expect(stepper).toHaveVisited('loop', 3)
    expect(stepper.recorder).toHaveVisited('map', 1)
    expect(stepper.events).toHaveVisited('map')
    expect(stepper).not.toHaveVisited('each')
  })

  it('show what was there when they fail', async () => {
    const [result, recorder] = await runAll()
    expect(messageOf(() => expect(result).toHaveStatus('completed'))).toBe(
      'expected the run to be completed, and it is failed\nits errors:\n  NODE_FAILED at "pay": node "pay" failed: no money',
    )
    expect(messageOf(() => expect(result).toHaveCompletedNodes('a', 'after', 'b'))).toContain(
      'but after, b are not; completed: a, safe, fb',
    )
    expect(messageOf(() => expect(result).not.toHaveSkipped('a', 'b'))).toContain(
      'expected a, b not to be skipped, but b is; skipped: b, after, spare',
    )
    expect(messageOf(() => expect(result).toHaveFailedWith('NODE_TIMEOUT', 'x'))).toContain(
      'failed with NODE_TIMEOUT at node "x", and it is failed',
    )
    expect(messageOf(() => expect(result).toHaveOutput('a', 2))).toContain(
      'expected the output of node "a" to be 2, and it is 1',
    )
    expect(messageOf(() => expect(result).toHaveOutput('pay', 2))).toContain(
      'it has none; outputs are there of a, safe, fb',
    )
    expect(messageOf(() => expect(recorder).toHaveVisited('a', 2))).toContain('visited 2×, and it was 1×; visits: a 1×')
    expect(messageOf(() => expect(result).toHaveVisited('a', 1))).toContain('hand it a stepper')
    const promise: unknown = Promise.resolve(result)
    expect(messageOf(() => expect(promise).toHaveStatus('failed'))).toContain('was a promise not awaited?')
  })
})

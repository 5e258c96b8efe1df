import { defineWorkflow, isHeddleError, type NodeContext } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../../test/graph.ts'
import { createStepper } from './create-stepper.ts'
import type { Stepper } from './stepper.ts'

/** What a test can see of a run. */
function seen({ status, result, clock, events, recorder }: Stepper): unknown {
  const { outputs, waits, context, errors } = result
  const facts = events.map(({ runId, seq, type, at }) => [runId, seq, type, at])
  return [status, outputs, waits, context, errors.map(({ code }) => code), clock.now(), facts, recorder.events.length]
}

/** Steps to the end, answering waits; then back to the beginning, looking the same at each step; then to the same end once more. */
async function forthAndBack(stepper: Stepper, calls: readonly string[], answer?: unknown): Promise<unknown> {
  const forth = async (): Promise<unknown[]> => {
    const views = [seen(stepper)]
    while (!stepper.isDone) {
      const [wait] = stepper.result.waits
      await (wait === undefined ? stepper.next() : stepper.resume(wait.waitId, answer))
      views.push(seen(stepper))
    }
    return views
  }
  const views = await forth()
  const made = [...calls]
  for (const view of views.slice(0, -1).toReversed()) {
    await stepper.back()
    expect(seen(stepper)).toEqual(view)
  }
  expect(calls).toEqual(made)
  expect((await forth()).at(-1)).toEqual(views.at(-1))
  return stepper.result.output
}

function noted(calls: string[], call: string): string {
  calls.push(call)
  return call
}

const hourMs = 3_600_000

describe('stepping over durable calls', () => {
  it('waits out the sleep of a handler', async () => {
    const nap = async ({ sleep }: NodeContext): Promise<string> => {
      await sleep('nap', '1h')
      return 'rested'
    }
    const workflow = defineWorkflow('w').node('a', nap).build()
    const stepper = createStepper(workflow)
    expect((await stepper.next()).status).toBe('stalled')
    expect([(await stepper.next()).output, stepper.clock.now()]).toEqual(['rested', hourMs])
    expect((await stepper.back()).status).toBe('stalled')
    expect((await stepper.next()).output).toBe('rested')
  })

  const handlers: Record<
    string,
    [handler: (context: NodeContext, calls: string[]) => Promise<unknown>, output: unknown]
  > = {
    'a sleep': [({ sleep }) => sleep('nap', '1h'), undefined],
    'steps and sleeps in turn, with shared values and events': [
      async ({ step, sleep, emit, removedStep, context }, calls) => {
        removedStep('gone')
        const first = await step('first', () => noted(calls, 'first'))
        await sleep('nap', 5)
        context.set('seen', first)
        const second = await step('second', async () => noted(calls, 'second'))
        await emit('told', { second })
        await sleep('nap', 7)
        return [first, second, context.get('seen')]
      },
      ['first', 'second', 'first'],
    ],
    'a step that fails': [
      async ({ step, sleep }, calls) => {
        await sleep('nap', 5)
        const failing = (): never => {
          throw new TypeError(noted(calls, 'broken'))
        }
        return step('failing', failing).catch((error: unknown) => (error as Error).message)
      },
      'broken',
    ],
    'a step that waits for its next try': [
      ({ step }, calls) => {
        const flaky = (): string => {
          calls.push('try')
          if (calls.filter((call) => call === 'try').length % 3 !== 0) throw new Error('not yet')
          return 'third'
        }
        return step('flaky', flaky, { retry: { maxAttempts: 3, backoff: '1m' } })
      },
      'third',
    ],
    'a wait': [
      async ({ waitFor, step }, calls) => {
        const before = await step('before', () => noted(calls, 'before'))
        return [before, await waitFor('ok', { timeout: '1d' })]
      },
      ['before', 'answer'],
    ],
    'several calls at once': [
      ({ waitFor, sleep, step }, calls) => {
        const work = step('work', async () => noted(calls, 'work'))
        return Promise.all([work, sleep('nap', '2h'), waitFor('ok'), sleep('doze', '1h')])
      },
      ['work', undefined, 'answer', undefined],
    ],
    'a call within a step, which is refused': [
      ({ step, sleep }) =>
        step('outer', async () => {
          await sleep('inner', '1h')
        }).catch(() => 'caught'),
      undefined,
    ],
    'a race that a sleep loses': [({ waitFor, sleep }) => Promise.race([sleep('nap', '2h'), waitFor('ok')]), 'answer'],
    'a child run that sleeps': [
      async ({ invoke, step }, calls) => {
        const before = await step('before', () => noted(calls, 'before'))
        return [before, await invoke('child', 'child', 20)]
      },
      ['before', 21],
    ],
    'a child run that takes too long': [
      ({ invoke }) =>
        invoke('child', 'child', 20, { timeout: 12 }).catch((error: unknown) => isHeddleError(error) && error.code),
      'INVOKE_TIMEOUT',
    ],
    'a call that a later attempt finds recorded': [
      async ({ step, sleep, attempt }, calls) => {
        const value = await step('once', () => noted(calls, 'once'))
        await sleep('nap', '1h')
        if (attempt === 1) throw new Error('once more')
        return value
      },
      'once',
    ],
  }

  it.each(Object.entries(handlers))('goes back over %s without calling anything', async (_what, [handler, output]) => {
    const calls: string[] = []
    const child = graph({ nap: { uses: 'sleep', params: { durationMs: 10 } }, add: {} }, [['nap', 'add']])
    const flow = graph({ a: { config: { retry: { maxAttempts: 2 } } }, next: {} }, [['a', 'next']])
    const registry = {
      a: (context: NodeContext) => handler(context, calls),
      next: ({ input }: NodeContext) => (calls.push('next') === 0 ? undefined : input),
      add: async ({ sleep }: NodeContext) => {
        calls.push('add')
        await sleep('doze', 5)
        return 21
      },
    }
    const stepper = createStepper(flow, { registry, blueprints: { child: { ...child, id: 'child' } } })
    expect(await forthAndBack(stepper, calls, 'answer')).toEqual(output)
  })

  it('goes on with a wait of a handler before a sleep of a node', async () => {
    const flow = graph({ a: {}, s: { uses: 'sleep', params: { durationMs: hourMs } } }, [['a', 's']])
    const stepper = createStepper(flow, { registry: { a: ({ waitFor }: NodeContext) => waitFor('ok') } })
    await stepper.next()
    await stepper.resume('ok', 'yes')
    expect((await stepper.until('s')).status).toBe('completed')
    await stepper.back()
    expect([stepper.status, stepper.clock.now()]).toEqual(['stalled', 0])
  })

  it('takes no notice of what a suspended handler still does', async () => {
    const after: (() => void)[] = []
    const a = async ({ sleep, step, attempt }: NodeContext): Promise<unknown> => {
      void sleep('nap', '1h')
      await new Promise<void>((resolve) => {
        after.push(resolve)
        if (after.length > 1) resolve()
      })
      return step('late', () => attempt)
    }
    const stepper = createStepper(graph({ a: {}, b: {} }, [['a', 'b']]), { registry: { a, b: () => 'b' } })
    await stepper.next()
    after[0]?.()
    await stepper.clock.settle()
    await stepper.until('a')
    const view = seen(stepper)
    expect((await stepper.next()).outputs).toEqual({ a: 1, b: 'b' })
    await stepper.back()
    expect(seen(stepper)).toEqual(view)
    await stepper.back()
    expect(stepper.result.outputs).toEqual({})
    expect((await stepper.until('b')).status).toBe('completed')
  })

  it('takes up a handler of a child run that is at work in a step, or between two tries of one', async () => {
    const calls: string[] = []
    const open: ((value: string) => void)[] = []
    const slow = async ({ step, sleep }: NodeContext): Promise<unknown> => {
      const work = await step('work', () => {
        calls.push('work')
        return new Promise<string>((resolve) => {
          open.push(resolve)
        })
      })
      const flaky = (): string => {
        if (calls.push('flaky') < 4) throw new Error('not yet')
        return `${work}, flaky`
      }
      const second = await step('flaky', flaky, { retry: { maxAttempts: 2, backoff: '1m' } })
      await sleep('nap', '1h')
      return second
    }
    const flow = graph({ sub: { uses: 'subflow', params: { blueprintId: 'child' } }, a: {}, b: {}, c: {} }, [
      ['a', 'b'],
      ['b', 'c'],
    ])
    const add = (context: NodeContext): string => noted(calls, context.nodeId)
    const registry = { slow, a: () => 'a', b: () => 'b', c: add }
    const stepper = createStepper(flow, { registry, blueprints: { child: graph({ slow: {} }) } })
    await stepper.next()
    await stepper.next()
    await stepper.back()
    expect(calls).toEqual(['work'])
    open[0]?.('work')
    await stepper.clock.settle()
    await stepper.next()
    await stepper.back()
    expect(calls).toEqual(['work', 'flaky'])
    expect((await stepper.until('sub')).outputs).toEqual({ sub: 'work, flaky', a: 'a', b: 'b', c: 'c' })
    expect(calls).toEqual(['work', 'flaky', 'c', 'flaky'])
    expect(stepper.clock.now()).toBe(60_000 + hourMs)
  })
})

import { describe, expect, it } from 'vitest'
import { EventDrivenOrchestrator } from '../orchestrators/event-driven.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunEvent } from '../model/run-event.ts'
import { FlowRuntime } from './flow-runtime.ts'

class Reply {
  readonly status = 500
}

function unreadable(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function withGetter(error: Error, field: string): Error {
  return Object.defineProperty(error, field, {
    get: () => {
      throw new Error('nobody may read this')
    },
  })
}

function endless(): Error {
  return Object.defineProperty(new Error('and so on'), 'cause', { get: endless })
}

function circular(): Error {
  const error = new Error('round and round')
  error.cause = new Error('again', { cause: error })
  return error
}

function chain(length: number): Error {
  let error = new Error('the first')
  for (let at = 1; at < length; at++) error = new Error(`number ${at}`, { cause: error })
  return error
}

const thrown: Readonly<Record<string, () => unknown>> = {
  'a value that cannot be read': unreadable,
  'a symbol': () => Symbol('s'),
  'a function': () => () => 1,
  'an instance of a class': () => new Reply(),
  'an error whose cause cannot be read': () => new Error('x', { cause: unreadable() }),
  'an error whose cause is a getter that throws': () => withGetter(new Error('x'), 'cause'),
  'an error with a cause whose message cannot be read': () =>
    new Error('x', { cause: withGetter(new Error('y'), 'message') }),
  'an error with a cause whose code cannot be read': () =>
    new Error('x', { cause: withGetter(new Error('y'), 'code') }),
  'an error with a cause whose stack cannot be read': () =>
    new Error('x', { cause: withGetter(new Error('y'), 'stack') }),
  'an error with a field in its cause that cannot be read': () =>
    new Error('x', { cause: { a: withGetter(new Error('y'), 'b') } }),
  'an error whose cause is an instance of a class': () => new Error('request failed', { cause: new Reply() }),
  'an error with causes without end': endless,
  'an error with causes in a circle': circular,
  'an error with a thousand causes': () => chain(1000),
  'an error of several that cannot be stored': () =>
    new AggregateError([new Reply(), Symbol('s'), new Error('z')], 'agg'),
  'an error whose message is no text': () => Object.defineProperty(new Error('x'), 'message', { value: { a: 1 } }),
  'an error whose name and stack are no texts': () =>
    Object.assign(new Error('x'), { name: Symbol('n'), stack: { a: 1 } }),
  'an error with a very long message': () => new Error('x'.repeat(17 * 1024 * 1024)),
  'an error with a very long code': () => Object.assign(new Error('x'), { code: 'C'.repeat(1_000_000) }),
  'an error of ours with details that cannot be stored': () =>
    new HeddleError('NODE_FAILED', 'mine', { details: { id: 7, reply: new Reply() } }),
  'an error that looks like one of ours': () =>
    Object.assign(new Error('x'), { name: 'HeddleError', code: 'NODE_TIMEOUT', details: Symbol('no details') }),
}

const blueprint: WorkflowBlueprint = {
  id: 'hostile',
  nodes: [
    { id: 'fails', uses: 'fails' },
    { id: 'handled', uses: 'fails' },
    { id: 'fallen', uses: 'fails', config: { fallback: 'instead' } },
    { id: 'instead', uses: 'told' },
    { id: 'edge', uses: 'told' },
    { id: 'hold', uses: 'wait' },
  ],
  edges: [{ source: 'handled', target: 'edge', on: 'error' }],
  policy: { onFailure: 'continue' },
}

function registryOf(make: () => unknown): Registry {
  return {
    fails: () => {
      throw make()
    },
    told: ({ input, error }: NodeContext) => typeof (error ?? input),
  }
}

function expectAwaiting({ status, errors, outputs }: WorkflowResult): void {
  expect({ status, outputs }).toMatchObject({ status: 'awaiting', outputs: { edge: 'object' } })
  expect(errors).toHaveLength(1)
}

describe.each(Object.entries(thrown))('%s', (_, make) => {
  const registry = registryOf(make)

  it('fails its node in a run that somebody listens to, whose state can be stored and gone on with', async () => {
    const runtime = new FlowRuntime({ registry })
    const told: RunEvent[] = []
    runtime.eventBus.on('node.failed', (event) => told.push(event))
    expectAwaiting(await runtime.run(blueprint, 1, { runId: 'r' }))
    expect(told.map(({ type }) => type)).toEqual(['node.failed', 'node.failed', 'node.failed'])
    const snapshot = await runtime.open('r').snapshot()
    expect(snapshot.length).toBeLessThan(500_000)
    const again = await new FlowRuntime({ registry }).run(blueprint, undefined, { snapshot })
    expectAwaiting(again)
  })

  it('fails its node in a run whose journal is kept, once', async () => {
    const journals: MemoryJournals = new Map()
    let calls = 0
    const counted = registryOf(() => {
      calls++
      return make()
    })
    const open = (): FlowRuntime => new FlowRuntime({ registry: counted, store: memoryJournalStore({ journals }) })
    expectAwaiting(await open().run(blueprint, 1, { runId: 'r' }))
    const again = await open().start(blueprint, 1, { runId: 'r' })
    await again.resume('hold')
    expect((await again.result()).status).toBe('failed')
    expect(calls).toBe(3)
  })

  it('fails its node in a run that is carried out by jobs', async () => {
    const { traverser, executorFactory, state, services } = new FlowRuntime({ registry }).prepare(blueprint, 1)
    const result = await new EventDrivenOrchestrator().run(traverser, executorFactory, state, services)
    expectAwaiting(result as WorkflowResult)
  })
})

describe('an error', () => {
  const one: WorkflowBlueprint = { id: 'one', nodes: [{ id: 'a', uses: 'fails' }], edges: [] }
  const causeOf = async (make: () => unknown, limits = {}): Promise<Error & { readonly cause: unknown }> => {
    const runtime = new FlowRuntime({ registry: registryOf(make), limits })
    return (await runtime.run(one)).errors[0]?.cause as Error & { readonly cause: unknown }
  }

  it('that can be stored stays the very error that was thrown', async () => {
    class OutOfStock extends Error {
      override readonly name = 'OutOfStock'
      readonly response = new Reply()
    }
    const error = new OutOfStock('no tea', { cause: new AggregateError([new Error('a'), 'b'], 'both') })
    expect(await causeOf(() => error)).toBe(error)
  })

  it('keeps what can be stored of it, and says what it was that could not', async () => {
    const cause = await causeOf(() =>
      Object.assign(new TypeError('x', { cause: new Error('y', { cause: new Reply() }) }), { code: 'E_X' }),
    )
    expect(cause).toMatchObject({ name: 'TypeError', message: 'x', code: 'E_X', cause: { message: 'y' } })
    expect(cause.stack).toMatch(/^TypeError: x\n/)
    expect((cause.cause as Error).cause).toBe('an instance of Reply, which cannot be stored')
  })

  it('says where it was cut', async () => {
    expect((await causeOf(() => new Error('x'.repeat(100_000)))).message).toMatch(
      /^x{10000,} … \(the error was too large to be stored\)$/,
    )
    let last: unknown = await causeOf(endless)
    while (last instanceof Error) last = last.cause
    expect(last).toBe('further causes, too many to be stored')
    const details = { a: 1, b: Symbol('s') }
    const runtime = new FlowRuntime({
      registry: registryOf(() => new HeddleError('NODE_FAILED', 'x', { details })),
    })
    expect((await runtime.run(one)).errors[0]?.details).toEqual({ a: 1, b: 'Symbol(s), which cannot be stored' })
  })

  it('fits into a store of small values, with its message', async () => {
    const limits = { maxBytes: 1000 }
    const registry = registryOf(() => new Error('no connection', { cause: new Error('x'.repeat(5000)) }))
    const store = memoryJournalStore()
    const { status, errors } = await new FlowRuntime({ registry, store, limits }).run(one)
    expect({ status, message: errors[0]?.message }).toEqual({
      status: 'failed',
      message: 'node "a" failed: no connection',
    })
  })

  it('of several keeps them through a journal', async () => {
    const journals: MemoryJournals = new Map()
    const registry = registryOf(() => new AggregateError([new RangeError('one'), 'two'], 'both'))
    const open = (): FlowRuntime => new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
    await open().run(one, 1, { runId: 'r' })
    const { errors } = await open().open(one, 'r').result()
    const cause = errors[0]?.cause as AggregateError | undefined
    expect(cause?.errors).toMatchObject([{ name: 'RangeError', message: 'one' }, { message: 'two' }])
  })
})

import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint: WorkflowBlueprint = {
  id: 'keep',
  nodes: [
    { id: 'take', uses: 'take' },
    { id: 'hold', uses: 'wait' },
  ],
  edges: [{ source: 'take', target: 'hold' }],
}

/** It changes the list that it is given. */
const registry = { take: ({ input }: NodeContext) => (Array.isArray(input) ? input.push('more') : 0) }

/** A runtime that keeps its runs here, in a journal store, in a coordination store. */
const runtimes: readonly (readonly [where: string, runtime: () => FlowRuntime])[] = [
  ['in this process', () => new FlowRuntime({ registry })],
  ['in a journal store', () => new FlowRuntime({ registry, store: memoryJournalStore() })],
  ['in a coordination store', () => machines().client({ registry })],
]

function circle(): unknown {
  const part: Record<string, unknown> = { n: 1 }
  part['self'] = part
  return part
}

/** Inputs of which JSON says the same. */
const different: readonly (readonly [what: string, one: unknown, other: unknown])[] = [
  ['maps', new Map([['a', 1]]), new Map([['a', 2]])],
  ['sets', new Set([1]), new Set([2])],
  ['patterns', /a/, /b/],
  ['NaN and null', { a: Number.NaN }, { a: null }],
  ['undefined and nothing', { a: undefined }, {}],
  ['a list of undefined and one of null', [undefined], [null]],
  ['-0 and 0', -0, 0],
  ['a date and its text', new Date(0), new Date(0).toJSON()],
]

describe.each(runtimes)('a second start of a run id %s', (_where, runtime) => {
  it.each(different)('is refused for another input: %s', async (_what, one, other) => {
    const engine = runtime()
    await engine.start(blueprint, one, { runId: 'r' })
    const again = engine.start(blueprint, other, { runId: 'r' })
    await expect(again).rejects.toMatchObject({ code: 'RUN_CONFLICT', details: { what: 'input' } })
  })

  it.each([
    ['a BigInt', () => ({ a: 5n })],
    ['a circle', circle],
    ['a map of dates', () => new Map([['a', new Date(0)]])],
  ])('answers the same run for the same input: %s', async (_what, input) => {
    const engine = runtime()
    const first = await engine.start(blueprint, input(), { runId: 'r' })
    const again = await engine.start(blueprint, input(), { runId: 'r' })
    expect(again.runId).toBe(first.runId)
  })

  it('answers the same run although a handler has changed the input that it was given', async () => {
    const engine = runtime()
    await engine.start(blueprint, ['first'], { runId: 'r' })
    await expect(engine.start(blueprint, ['first'], { runId: 'r' })).resolves.toMatchObject({ runId: 'r' })
  })

  it('says of an input that cannot be stored where that is', async () => {
    const engine = runtime()
    await engine.start(blueprint, {}, { runId: 'r' })
    const again = engine.start(blueprint, { call: () => 1 }, { runId: 'r' })
    await expect(again).rejects.toMatchObject({ code: 'NOT_SERIALISABLE' })
  })
})

it('a run that goes on from a snapshot is the one of its input', async () => {
  const before = await new FlowRuntime({ registry }).start(blueprint, ['first'], { runId: 'r' })
  const runtime = new FlowRuntime({ registry })
  await runtime.start(blueprint, undefined, { snapshot: await before.snapshot() })
  await expect(runtime.start(blueprint, ['second'], { runId: 'r' })).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
})

import { afterEach, describe, expect, it, vi } from 'vitest'
import { machines } from '../../test/machines.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ReducerName, RunPolicy } from '../model/policy.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import { reducers } from '../traversal/reducers.ts'
import { FlowRuntime } from './flow-runtime.ts'

const size = 1000
/** A value is looked through each time it has grown by an eighth: some sixty times until it has so many items. */
const fewCopies = 300

const growing = ['append', 'union', 'merge'] as const

const context = (reducer: ReducerName): RunPolicy => ({ context: { key: { reducer } } })

const itemOf = (reducer: ReducerName, at: number): unknown => (reducer === 'merge' ? { [`k${at}`]: at } : `item ${at}`)

const lengthOf = (value: unknown): number => Object.keys(value as object).length

afterEach(() => vi.restoreAllMocks())

describe.each(growing)('a shared value with the reducer %s', (reducer) => {
  const registry: Registry = {
    one: (node: NodeContext) => node.context.set('key', itemOf(reducer, node.index ?? 0)),
    round: ({ context: values, iteration: [at = 0] }: NodeContext) => {
      values.set('key', itemOf(reducer, at))
      return at
    },
    many: ({ context: values }: NodeContext) => {
      for (let at = 0; at < size; at++) values.set('key', itemOf(reducer, at))
      return lengthOf(values.get('key'))
    },
  }
  const map: WorkflowBlueprint = {
    id: 'map',
    nodes: [{ id: 'map', uses: 'map', params: { each: 'one' } }],
    edges: [],
    policy: context(reducer),
  }

  it('is not copied for each item of a map that writes to it', async () => {
    const copies = vi.spyOn(reducers, reducer)
    for (const store of [undefined, memoryJournalStore()]) {
      const runtime = new FlowRuntime({ registry, ...(store === undefined ? {} : { store }) })
      const result = await runtime.run(map, Array.from({ length: size }))
      expect(lengthOf(result.context['key'])).toBe(size)
    }
    expect(copies.mock.calls.length).toBeLessThan(2 * fewCopies)
  })

  it('is not copied for each round of a loop whose conditions do not look at it', async () => {
    const copies = vi.spyOn(reducers, reducer)
    const loop: WorkflowBlueprint = {
      id: 'loop',
      start: ['round'],
      nodes: [{ id: 'round', uses: 'round' }],
      edges: [{ source: 'round', target: 'round', condition: `result < ${size - 1}.0` }],
      policy: context(reducer),
    }
    const result = await new FlowRuntime({ registry }).run(loop)
    expect(lengthOf(result.context['key'])).toBe(size)
    expect(copies.mock.calls.length).toBeLessThan(fewCopies)
  })

  it('is not copied for each write of one attempt', async () => {
    const copies = vi.spyOn(reducers, reducer)
    const blueprint = { id: 'many', nodes: [{ id: 'many', uses: 'many' }], edges: [], policy: context(reducer) }
    const { output } = await new FlowRuntime({ registry }).run(blueprint)
    expect(output).toBe(size)
    expect(copies.mock.calls.length).toBeLessThan(fewCopies)
  })

  it('is read and written once for all writes of one attempt of a distributed run', async () => {
    const { client, work, pass } = machines()
    let parts = 0
    const serializer = {
      serialize: (value: unknown) => JSON.stringify(value ?? null),
      deserialize: (text: string): unknown => {
        const value: unknown = JSON.parse(text)
        if (typeof value === 'object' && value !== null) parts += Object.keys(value).length
        return value
      },
    }
    const blueprint = { id: 'many', nodes: [{ id: 'many', uses: 'many' }], edges: [], policy: context(reducer) }
    work({ blueprints: [blueprint], registry, serializer })
    const result = await pass(client({ serializer }).run(blueprint))
    expect(result).toMatchObject({ status: 'completed', output: size })
    expect(lengthOf(result.context['key'])).toBe(size)
    expect(parts).toBeLessThan(10 * size)
  })
})

describe('a growing list that was handed out', () => {
  it('stays as it was, whoever writes to it later', async () => {
    const seen: unknown[] = []
    const registry: Registry = {
      add: ({ context: values, nodeId }: NodeContext) => {
        const before = values.get('key')
        values.set('key', nodeId)
        seen.push(before, values.get('key'))
      },
    }
    const blueprint: WorkflowBlueprint = {
      id: 'handed-out',
      nodes: ['a', 'b', 'c'].map((id) => ({ id, uses: 'add' })),
      edges: [
        { source: 'a', target: 'b', transform: 'context' },
        { source: 'b', target: 'c', transform: '{"all": context.key}' },
      ],
      policy: context('append'),
    }
    const { context: values } = await new FlowRuntime({ registry }).run(blueprint)
    expect(seen).toEqual([undefined, ['a'], ['a'], ['a', 'b'], ['a', 'b'], ['a', 'b', 'c']])
    expect(values).toEqual({ key: ['a', 'b', 'c'] })
  })

  it('is what an expression handed on, at the time when it did', async () => {
    const inputs: unknown[] = []
    const registry: Registry = {
      add: ({ context: values, nodeId }: NodeContext) => values.set('key', nodeId),
      last: ({ input }: NodeContext) => inputs.push(input),
    }
    const blueprint: WorkflowBlueprint = {
      id: 'handed-on',
      nodes: [
        { id: 'a', uses: 'add' },
        { id: 'b', uses: 'add' },
        { id: 'last', uses: 'last', inputs: 'deps' },
      ],
      edges: [
        { source: 'a', target: 'b' },
        { source: 'a', target: 'last', transform: 'context' },
        { source: 'b', target: 'last', transform: 'context.key' },
      ],
      policy: context('append'),
    }
    await new FlowRuntime({ registry }).run(blueprint)
    expect(inputs).toEqual([{ a: { key: ['a'] }, b: ['a', 'b'] }])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countReads } from '../../test/counted-reads.ts'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { definitionHash } from './definition-hash.ts'

const blueprint: WorkflowBlueprint = {
  id: 'review',
  version: '1',
  start: ['a'],
  nodes: [
    { id: 'a', uses: 'fetch', params: { url: 'https://example.org', deep: { x: [1, 2.5, null, true], y: 'ü"' } } },
    {
      id: 'b',
      uses: 'score',
      config: { retry: { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 10 } }, joinStrategy: { atLeast: 1 } },
    },
  ],
  edges: [{ source: 'a', target: 'b', condition: 'result.ok', action: 'x', transform: 'result' }],
  policy: { onFailure: 'continue', deadlineMs: 5, context: { log: { reducer: 'append', initial: [] } } },
}

/** The same value with the keys of every record in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, reversed(field)]),
  )
}

/** Every value that differs from the given one in a single place. */
function changes(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    const list = value as unknown[]
    const parts = list.flatMap((item, index) => changes(item).map((changed) => list.with(index, changed)))
    return [...parts, [...list, 'more'], ...(list.length > 1 ? [list.toReversed()] : [])]
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).flatMap(([key, field]) => [
      ...changes(field).map((changed) => ({ ...value, [key]: changed })),
      Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
    ])
    return [...parts, { ...value, more: 1 }]
  }
  return [typeof value === 'string' ? `${value}.` : [value], 'other']
}

describe('definitionHash', () => {
  it('is 32 hexadecimal characters, the same today as when this was written', () => {
    expect(definitionHash({ id: 'x', nodes: [{ id: 'a', uses: 'f' }], edges: [] })).toMatchInlineSnapshot(
      `"488da147a8fd14432beebecfb89d3fe5"`,
    )
    expect(definitionHash(blueprint)).toMatch(/^[0-9a-f]{32}$/)
  })

  it('ignores the order of keys, fields without a value, id and metadata', () => {
    const same = {
      ...blueprint,
      id: 'other',
      metadata: { author: 'maria' },
      nodes: [{ ...blueprint.nodes[0], inputs: undefined }, blueprint.nodes[1]],
    }
    expect(definitionHash(reversed(blueprint) as WorkflowBlueprint)).toBe(definitionHash(blueprint))
    expect(definitionHash(same as WorkflowBlueprint)).toBe(definitionHash(blueprint))
  })

  it('changes with every change of a field, and all changes differ', () => {
    const { id, ...rest } = blueprint
    const variants = changes(rest).map((changed) => ({ id, ...(changed as object) }) as WorkflowBlueprint)
    const relevant = variants.filter((variant) => !('more' in variant))
    expect(relevant.length).toBeGreaterThan(80)
    const hashes = relevant.map((variant) => definitionHash(variant))
    expect(hashes).not.toContain(definitionHash(blueprint))
    const texts = relevant.map((variant) => JSON.stringify(variant))
    expect(new Set(hashes).size).toBe(new Set(texts).size)
  })

  it('changes with the hash of a subflow', () => {
    const hashes = [{}, { a: '1' }, { a: '2' }, { b: '1' }].map((subflows) => definitionHash(blueprint, subflows))
    expect(new Set(hashes).size).toBe(4)
  })

  it('gives the same hash for JSON and what was parsed from it, and different ones for different JSON', () => {
    const params = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 })
    const hashOf = (value: Record<string, unknown>): string =>
      definitionHash({ id: 'x', nodes: [{ id: 'a', uses: 'f', params: value }], edges: [] })
    fc.assert(
      fc.property(params, params, (one, two) => {
        expect(hashOf(JSON.parse(JSON.stringify(one)) as Record<string, unknown>)).toBe(
          hashOf(reversed(one) as Record<string, unknown>),
        )
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(two))
        expect(hashOf(one) === hashOf(two)).toBe(same)
      }),
    )
  })

  it('looks ten times as often at ten times the nodes', () => {
    const large = (count: number): WorkflowBlueprint => {
      const nodes: NodeDefinition[] = Array.from({ length: count }, (_, i) => ({
        id: `node-${i}`,
        uses: 'work',
        params: { index: i },
        config: { timeoutMs: 1000 },
      }))
      const edges: EdgeDefinition[] = Array.from({ length: count - 1 }, (_, i) => ({
        source: `node-${i}`,
        target: `node-${i + 1}`,
        condition: 'result.ok',
      }))
      return { id: 'large', nodes, edges }
    }
    const reads = (count: number): number => countReads(large(count), (graph) => definitionHash(graph))
    expect(reads(5000) / reads(500)).toBeCloseTo(10, 0)
  })

  it('is none of a blueprint that contains itself, or is nested without an end', () => {
    const params: Record<string, unknown> = {}
    params['self'] = [params]
    const deep = Array.from({ length: 20_000 }).reduce<object>((inner) => ({ inner }), {})
    for (const held of [params, { deep }]) {
      const graph = { id: 'w', nodes: [{ id: 'a', uses: 'a', params: held }], edges: [] }
      expect(() => definitionHash(graph)).toThrow(
        expect.objectContaining({
          code: 'INVALID_BLUEPRINT',
          message: expect.stringContaining('contains itself') as string,
        }) as Error,
      )
    }
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => [key, sorted(field)])
}

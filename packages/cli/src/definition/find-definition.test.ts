import { describe, expect, it } from 'vitest'
import { findRegistry, findRunnable } from './find-definition.ts'

const blueprint = { id: 'a', nodes: [], edges: [] }
const workflow = { blueprint, registry: {} }
const builder = { node: () => {}, build: () => workflow }

describe('what a module exports to run', () => {
  it('is the default export, or the only workflow beside blueprints, or the only blueprint', () => {
    expect(findRunnable({ default: workflow, other: { ...workflow } }, 'm.ts', undefined)).toBe(workflow)
    expect(findRunnable({ workflow, blueprint }, 'm.ts', undefined)).toBe(workflow)
    expect(findRunnable({ blueprint, registry: {}, answer: 42 }, 'm.ts', undefined)).toBe(blueprint)
  })

  it('is the one that was named', () => {
    expect(findRunnable({ default: { ...workflow }, workflow }, 'm.ts', 'workflow')).toBe(workflow)
    expect(() => findRunnable({ workflow }, 'm.ts', 'toString')).toThrow(
      /has no export "toString"; it exports workflow/u,
    )
    expect(() => findRunnable({ answer: 42 }, 'm.ts', 'answer')).toThrow(/neither a workflow/u)
  })

  it('has to be one and to be built', () => {
    expect(() => findRunnable({ one: workflow, two: { ...workflow } }, 'm.ts', undefined)).toThrow(
      /2 workflows \(one, two\)/u,
    )
    expect(() => findRunnable({ builder }, 'm.ts', undefined)).toThrow(
      /is a builder; export the result of its \.build\(\)/u,
    )
    expect(() => findRunnable({}, 'm.ts', undefined)).toThrow(/exports no workflow\. It exports nothing/u)
  })
})

describe('the handlers that a module exports', () => {
  const fetch = (): void => {}

  it('are its registry, its default export, or its functions', () => {
    expect(findRegistry({ registry: { fetch } }, 'm.ts')).toEqual({ fetch })
    expect(findRegistry({ default: { fetch } }, 'm.ts')).toEqual({ fetch })
    expect(findRegistry({ fetch, limit: 5 }, 'm.ts')).toEqual({ fetch })
  })

  it('have to be there and to be functions', () => {
    expect(() => findRegistry({ limit: 5 }, 'm.ts')).toThrow(/exports no handlers/u)
    expect(() => findRegistry({ registry: { fetch: 'x', save: null } }, 'm.ts')).toThrow(
      /"fetch" is of type string, "save" is null/u,
    )
  })
})

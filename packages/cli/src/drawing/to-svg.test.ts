import type { WorkflowBlueprint } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { layOut } from './layout.ts'
import { toSvg } from './to-svg.ts'

const hostile = '</text><script>alert("1")</script>\u0000\u001B[2J\uD800&'

/** Whether every element is closed in order, and no bare `<` or `&` stands in text: enough for what we write. */
function isWellFormed(svg: string): boolean {
  const open: string[] = []
  for (const [, slash = '', name = '', rest = ''] of svg.matchAll(/<(\/?)([a-z]+)((?:[^<>"]|"[^"<]*")*)>/gu)) {
    if (slash === '/' && open.pop() !== name) return false
    if (slash === '' && !rest.endsWith('/')) open.push(name)
  }
  const text = svg.replaceAll(/<\/?[a-z]+(?:[^<>"]|"[^"<]*")*>/gu, '')
  return open.length === 0 && !/<|&(?!amp;|lt;|gt;|quot;|#39;)/u.test(text)
}

const graph: WorkflowBlueprint = {
  id: hostile,
  nodes: [
    { id: 'a', uses: hostile, config: { fallback: 'f', retry: { maxAttempts: 3 }, timeoutMs: 5 } },
    { id: 'f', uses: 'f' },
    { id: 'm', uses: 'map' },
    { id: 's', uses: 'subflow' },
    { id: 'w', uses: 'wait', config: { joinStrategy: { atLeast: 2 } } },
  ],
  edges: [
    { source: 'a', target: 'm', condition: hostile },
    { source: 'm', target: 'a', action: 'again' },
    { source: 'm', target: 'm', action: 'same' },
    { source: 'a', target: 's', on: 'error', transform: 'result' },
    { source: 's', target: 'w' },
    { source: 's', target: 'w' },
    { source: 's', target: hostile },
  ],
}

describe('an SVG of a blueprint', () => {
  const svg = toSvg(layOut(graph))

  it('is well-formed and escapes whatever ids and expressions hold', () => {
    expect(isWellFormed(svg)).toBe(true)
    expect(svg).not.toContain('<script')
    expect(svg).not.toMatch(/(?!\n)\p{Cc}|\p{Surrogate}/u)
  })

  it('draws every node, edge, fallback and node that does not exist, inside its frame', () => {
    const { nodes, edges, width, height } = layOut(graph)
    expect(nodes.map(({ kind }) => kind)).toEqual(['task', 'fallback', 'map', 'subflow', 'wait', 'ghost'])
    expect(edges.map(({ kind }) => kind)).toEqual([
      'plain',
      'back',
      'back',
      'error',
      'plain',
      'plain',
      'plain',
      'fallback',
    ])
    for (const { x, y } of [...nodes, ...edges.flatMap(({ points, labelAt }) => [...points, labelAt])]) {
      expect(x >= 0 && x <= width && y >= 0 && y <= height).toBe(true)
    }
  })

  it('is empty for a blueprint without nodes', () => {
    expect(isWellFormed(toSvg(layOut({ id: 'empty', nodes: [], edges: [] })))).toBe(true)
  })

  it('refuses a graph that nobody could read, and says what to do', () => {
    const nodes = Array.from({ length: 3001 }, (_, index) => ({ id: `n${index}`, uses: 'n' }))
    expect(() => layOut({ id: 'huge', nodes, edges: [] })).toThrow(/--format mermaid/u)
  })
})

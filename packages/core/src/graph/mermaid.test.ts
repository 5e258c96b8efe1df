import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { toMermaid } from './mermaid.ts'

const review: WorkflowBlueprint = {
  id: 'review',
  nodes: [
    { id: 'fetch', uses: 'fetch', config: { fallback: 'cache' } },
    { id: 'end', uses: 'http.get' },
    { id: 'summaries', uses: 'map' },
    { id: 'approval', uses: 'wait', config: { joinStrategy: { atLeast: 2 } } },
    { id: 'child', uses: 'subflow', config: { joinStrategy: 'any' } },
    { id: 'pause', uses: 'sleep' },
    { id: 'cache', uses: 'cache' },
  ],
  edges: [
    { source: 'fetch', target: 'end' },
    { source: 'end', target: 'summaries', action: 'go', condition: 'result.n > "3"' },
    { source: 'end', target: 'approval', on: 'error' },
    { source: 'summaries', target: 'end', action: 'again' },
    { source: 'summaries', target: 'approval' },
    { source: 'approval', target: 'child' },
    { source: 'child', target: 'pause' },
  ],
}

it('draws kinds, joins, actions, conditions, errors, loops and fallbacks', () => {
  expect(toMermaid(review)).toMatchInlineSnapshot(`
    "flowchart TD
      n0["fetch"]
      n1["end<br/>http.get"]
      n2[/"summaries<br/>map"/]
      n3{{"approval<br/>wait<br/>join: at least 2"}}
      n4[["child<br/>subflow<br/>join: any"]]
      n5("pause<br/>sleep")
      n6["cache"]
      n0 --> n1
      n1 -->|"go<br/>if result.n #62; #34;3#34;"| n2
      n1 -->|"on error"| n3
      n2 -.->|"again"| n1
      n2 --> n3
      n3 --> n4
      n4 --> n5
      n0 -.-o|"fallback"| n6
    "
  `)
})

it('colours the nodes and edges of a run', () => {
  const text = toMermaid(review, {
    direction: 'LR',
    statuses: { fetch: 'completed', end: 'completed', cache: 'skipped' },
    marks: { 'fetch>end#0': 'taken', 'end>approval#0': 'failed' },
  })
  expect(text).toContain('flowchart LR\n')
  expect(text).toContain('  class n0,n1 completed\n')
  expect(text).toContain('  class n6 skipped\n')
  expect(text).toMatch(/ {2}linkStyle 0 stroke:#43a047.*\n {2}linkStyle 2 stroke:#e53935/)
})

it('draws a blueprint that is wrong as well', () => {
  const text = toMermaid({
    id: 'x',
    nodes: [
      { id: 'a', uses: 'a', config: { fallback: 'f' } },
      { id: 'a', uses: 'b' },
    ],
    edges: [{ source: 'a', target: 'ghost' }],
  })
  expect(text).toContain('ghost0["ghost<br/>not a node"]')
  expect(text).toContain('n0 --> ghost0')
  expect(text).toContain('n0 -.-o|"fallback"| ghost1')
})

describe('hostile labels', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      'end',
      'subgraph',
      '"',
      '"]; click n0 "javascript:alert(1)"',
      'a\nb',
      '%% comment',
      '`md`',
      '<script>',
      '#quot;',
      '|',
      '-->',
      '',
      '\u0000',
      '__proto__',
    ),
    fc.string({ unit: 'binary' }),
  )
  const node = fc.record({ id: hostile, uses: hostile }) as fc.Arbitrary<NodeDefinition>
  const edge = fc.record(
    { source: hostile, target: hostile, action: hostile, condition: hostile },
    { requiredKeys: ['source', 'target'] },
  ) as fc.Arbitrary<EdgeDefinition>

  it('never leave their quotes: every line is one that the drawer writes', () => {
    const label = String.raw`"(?:[\p{L}\p{N} _.,:/=+\-'?!]|#\d+;|<br/>)+"`
    const name = String.raw`(?:n|ghost)\d+`
    const lines = new RegExp(
      [
        'flowchart TD',
        String.raw`  ${name}(?:\[|\[\[|\[/|\{\{|\()${label}(?:\]|\]\]|/\]|\}\}|\))`,
        String.raw`  ${name} -\.?->(?:\|${label}\|)? ${name}`,
      ]
        .map((pattern) => `^${pattern}$`)
        .join('|'),
      'u',
    )
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), fc.array(edge, { maxLength: 4 }), (nodes, edges) => {
        const text = toMermaid({ id: 'x', nodes, edges }, { statuses: { end: 'x"y' as 'ready' } })
        for (const line of text.trimEnd().split('\n')) expect(line).toMatch(lines)
      }),
      { numRuns: 1000 },
    )
  })

  it('are cut where they are too long', () => {
    const text = toMermaid({ id: 'x', nodes: [{ id: 'a', uses: 'y'.repeat(500) }], edges: [] })
    expect(text.length).toBeLessThan(150)
  })
})

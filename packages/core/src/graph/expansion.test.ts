import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { compileGraph } from './compile-graph.ts'
import type { CompiledGraph } from './compiled-graph.ts'
import { expandGraph } from './expansion.ts'

const base = (): CompiledGraph => compileGraph({ id: 'w', nodes: [{ id: 'n0', uses: 'task' }], edges: [] })

/** The graph with one node more behind its last one. */
function longer(graph: CompiledGraph): CompiledGraph {
  const last = graph.nodes.length - 1
  const node = { id: `n${last + 1}`, uses: 'task' }
  const site = { node: last, path: [], isUndecided: () => true }
  return expandGraph(graph, site, { nodes: [node], edges: [{ source: `n${last}`, target: node.id }] }).graph
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

it('a graph that was expanded does not hold the graphs that it was made of', async () => {
  const before: WeakRef<CompiledGraph>[] = []
  let graph = longer(base())
  for (let count = 0; count < 5; count++) {
    before.push(new WeakRef(graph))
    graph = longer(graph)
  }
  // A reference that was just made is kept until the task has ended.
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
  collectGarbage()
  expect(before.map((reference) => reference.deref())).toEqual(before.map(() => undefined))
  expect(graph.edgeKey(5)).toBe('n5>n6#0')
})

it('an expansion lists its edges at the nodes that were there, those of earlier expansions first', () => {
  const site = { node: 0, path: [], isUndecided: () => true }
  const add = (graph: CompiledGraph, ids: readonly string[]): CompiledGraph =>
    expandGraph(graph, site, {
      nodes: ids.map((id) => ({ id, uses: 'task' })),
      edges: ids.map((target) => ({ source: 'n0', target })),
    }).graph
  const graph = add(add(base(), ['a', 'b']), ['c'])
  expect([...graph.addedOut.values()]).toEqual([[0, 1, 2]])
  expect(graph.addedIn.size).toBe(0)
})

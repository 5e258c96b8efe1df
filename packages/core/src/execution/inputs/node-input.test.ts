import { describe, expect, it } from 'vitest'
import { countReads } from '../../../test/counted-reads.ts'
import { compileGraph } from '../../graph/compile-graph.ts'
import { GraphTraverser } from '../../traversal/graph-traverser.ts'
import { resolveInput, type EdgeValues } from './node-input.ts'

const nothingTaken: EdgeValues = { isTaken: () => false, value: () => undefined }

/** How often the list of start nodes is looked at for the input of the last one. */
function readsFor(count: number): number {
  const nodes = Array.from({ length: count }, (_, index) => ({ id: `n${index}`, uses: 'work' }))
  const blueprint = { id: 'starts', nodes, edges: [] }
  const { root } = new GraphTraverser(blueprint)
  const graph = compileGraph(blueprint)
  return countReads(graph.starts, (starts) => {
    const watched = { ...graph, starts }
    expect(resolveInput(watched, root, count - 1, nothingTaken, 'of the run')).toBe('of the run')
  })
}

describe('the input of a start node', () => {
  it('is found without a look at the other start nodes', () => {
    expect(readsFor(1000)).toBe(readsFor(10))
  })

  it('is that of the run at a node that comes back to itself, the first time', () => {
    const blueprint = {
      id: 'again',
      start: ['turn'],
      nodes: [{ id: 'turn', uses: 'work' }],
      edges: [{ source: 'turn', target: 'turn', action: 'again' }],
    }
    const graph = compileGraph(blueprint)
    const first = new GraphTraverser(blueprint).root.enter(0)
    const taken: EdgeValues = { isTaken: () => true, value: () => 'of the iteration before' }
    expect(resolveInput(graph, first, 0, taken, 'of the run')).toBe('of the run')
    expect(resolveInput(graph, first.next(), 0, taken, 'of the run')).toBe('of the iteration before')
  })
})

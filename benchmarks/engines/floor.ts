import { predecessorsOf, successorsOf } from '../graph.ts'
import type { Graph } from '../graph.ts'
import type { Compilation, CompileLoad, Engine, GraphLoad, LoopLoad, Run } from './contract.ts'
import { noop } from './contract.ts'

/**
 * What a programmer would write by hand for this one graph: count the predecessors, start a node when its count reaches zero. It has
 * no skips, no failures, no retries, no cancellation and no limit on concurrency: less than this is hardly possible.
 */
export const floor: Engine = {
  name: 'floor',

  async prepareGraph({ graph, work = noop, readsSignal = false, concurrency }: GraphLoad): Promise<Run> {
    const successors = successorsOf(graph)
    const counts = Int32Array.from(predecessorsOf(graph), (list) => list.length)
    const { signal } = new AbortController()
    const body = readsSignal ? async (node: number) => (signal.aborted ? 0 : work(node)) : work
    if (concurrency !== undefined && concurrency < graph.nodeIds.length) {
      throw new Error(
        'The floor starts what is ready and has no limit: give a concurrency of at least the number of nodes.',
      )
    }
    const starts = graph.nodeIds.flatMap((_, node) => (counts[node] === 0 ? [node] : []))
    return async () => sum(await runAll(successors, counts, starts, body))
  },

  async prepareLoop({ iterations }: LoopLoad): Promise<Run> {
    return async () => {
      let count = 0
      while (count < iterations) count += await noop()
      return count
    }
  },

  async prepareCompile({ graph }: CompileLoad): Promise<Compilation> {
    let definition = describe(graph)
    return {
      renew: () => {
        definition = describe(graph)
      },
      compile: async () => check(definition),
    }
  },

  prepareDurable: async (load) => (await import('./floor-durable.ts')).prepareDurable(load),
  prepareLookBack: async (load) => (await import('./floor-durable.ts')).prepareLookBack(load),
  prepareDistributed: async (load) => (await import('./floor-redis.ts')).prepareDistributed(load),
  recovery: async () => (await import('./floor-recovery.ts')).recovery,
}

function runAll(
  successors: readonly (readonly number[])[],
  counts: Int32Array,
  starts: readonly number[],
  body: (node: number) => Promise<number>,
): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const open = counts.slice()
    // oxlint-disable-next-line unicorn/no-new-array -- filling it first costs more than the run of a small graph
    const outputs = new Array<number>(open.length)
    let left = open.length
    const start = (node: number): void => {
      // oxlint-disable-next-line promise/prefer-catch -- one reaction instead of two: the floor is as low as it can be
      body(node).then((output) => {
        outputs[node] = output
        for (const successor of successors[node] ?? []) {
          const count = (open[successor] ?? 0) - 1
          open[successor] = count
          if (count === 0) start(successor)
        }
        if (--left === 0) resolve(outputs)
      }, reject)
    }
    for (const node of starts) start(node)
  })
}

function sum(outputs: readonly number[]): number {
  let total = 0
  for (const output of outputs) total += output
  return total
}

interface Definition {
  readonly nodes: readonly { readonly id: string }[]
  readonly edges: readonly { readonly source: string; readonly target: string }[]
}

function describe({ nodeIds, edges }: Graph): Definition {
  return {
    nodes: nodeIds.map((id) => ({ id })),
    edges: edges.map(([source, target]) => ({ source: nodeIds[source] ?? '', target: nodeIds[target] ?? '' })),
  }
}

/** The least that a validation does: ids are unique, edges lead somewhere, every node can be reached, nothing goes round. */
function check({ nodes, edges }: Definition): number {
  const positions = new Map(nodes.map(({ id }, node) => [id, node]))
  if (positions.size !== nodes.length) throw new Error('an id is defined twice')
  const successors: number[][] = nodes.map(() => [])
  const open = new Int32Array(nodes.length)
  for (const edge of edges) {
    const source = positions.get(edge.source)
    const target = positions.get(edge.target)
    if (source === undefined || target === undefined) throw new Error('an edge leads nowhere')
    successors[source]?.push(target)
    open[target] = (open[target] ?? 0) + 1
  }
  const ready = nodes.flatMap((_, node) => (open[node] === 0 ? [node] : []))
  let found = 0
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    found++
    for (const successor of successors[node] ?? []) {
      const count = (open[successor] ?? 0) - 1
      open[successor] = count
      if (count === 0) ready.push(successor)
    }
  }
  return found
}

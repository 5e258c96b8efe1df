import type { Engine, GraphLoad } from '../engines/contract.ts'
import { predecessorsOf } from '../graph.ts'

/**
 * Runs a graph once and watches: each node is called once, and not before all its predecessors have finished.
 * Throws with the first ten faults.
 */
export async function watchRun(engine: Engine, load: GraphLoad): Promise<void> {
  const { graph, work } = load
  const predecessors = predecessorsOf(graph)
  const calls = graph.nodeIds.map(() => 0)
  const isFinished = graph.nodeIds.map(() => false)
  const faults: string[] = []
  const nameOf = (node: number) => graph.nodeIds[node] ?? `node ${node}`
  const run = await engine.prepareGraph({
    ...load,
    work: async (node) => {
      calls[node] = (calls[node] ?? 0) + 1
      for (const predecessor of predecessors[node] ?? []) {
        if (isFinished[predecessor] !== true) {
          faults.push(`${nameOf(node)} began before ${nameOf(predecessor)} had finished`)
        }
      }
      const output = work === undefined ? 1 : await work(node)
      isFinished[node] = true
      return output
    },
  })
  await run()
  for (const [node, count] of calls.entries()) if (count !== 1) faults.push(`${nameOf(node)} was called ${count} times`)
  if (faults.length > 0) throw new Error(`wrong order or number of calls: ${faults.slice(0, 10).join('; ')}`)
}

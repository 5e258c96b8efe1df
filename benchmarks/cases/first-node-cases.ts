import { chain } from '../graph.ts'
import type { BenchCase } from './contract.ts'

const nodes = 10_000

/** How long the first handler of a large graph, compiled before, waits to be called. The rest of the run is not measured. */
export const firstNodeCases: readonly BenchCase[] = [
  {
    suite: 'core',
    id: 'first-node-10000',
    title: 'call of `run` to first handler, 10,000 nodes compiled before',
    n: 1,
    engines: ['floor', 'heddle'],
    goal: { medianMs: 1 },
    isRepeatable: false,
    prepare: async (engine) => {
      let started: (first: number) => void = () => {}
      let running: Promise<number> = Promise.resolve(nodes)
      const runAll = await engine.prepareGraph({
        graph: chain(nodes),
        work: async (node) => {
          if (node === 0) started(1)
          return 1
        },
      })
      return {
        renew: async () => {
          if ((await running) !== nodes) throw new Error('the run before did not reach its end')
        },
        run: () =>
          new Promise((resolve, reject) => {
            started = resolve
            running = runAll()
            running.catch(reject)
          }),
        expected: 1,
      }
    },
  },
]

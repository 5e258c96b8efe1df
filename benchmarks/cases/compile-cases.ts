import { chain, layers } from '../graph.ts'
import type { Graph } from '../graph.ts'
import type { BenchCase } from './contract.ts'

const compile = (
  nodes: number,
  graph: () => Graph,
  rest: Pick<BenchCase, 'id' | 'title'> & Partial<BenchCase>,
): BenchCase => ({
  suite: 'core',
  n: nodes,
  engines: ['floor', 'heddle'],
  isRepeatable: false,
  ...rest,
  prepare: async (engine) => {
    if (engine.prepareCompile === undefined) throw new Error('has no step of its own that compiles')
    const { renew, compile: run } = await engine.prepareCompile({ graph: graph() })
    return { renew, run, expected: nodes }
  },
})

/** From plain data to something that can run, every rule checked. */
export const compileCases: readonly BenchCase[] = [
  compile(10_000, () => chain(10_000), {
    id: 'compile-10000',
    title: 'validate and compile a chain of 10,000',
    goal: { medianMs: 50 },
  }),
  compile(10_000, () => layers(200, 50, 3), {
    id: 'compile-layers-10000',
    title: 'validate and compile 200 layers × 50, 3 edges each',
    goal: { medianMs: 50 },
  }),
  compile(100_000, () => chain(100_000), {
    id: 'compile-100000',
    title: 'validate and compile a chain of 100,000',
    goal: { medianMs: 300 },
    isLarge: true,
  }),
]

import type { BenchCase } from './contract.ts'

const loop = (
  iterations: number,
  rest: Pick<BenchCase, 'id' | 'title' | 'engines'> & Partial<BenchCase>,
): BenchCase => ({
  suite: 'core',
  n: iterations,
  isRepeatable: true,
  ...rest,
  prepare: async (engine) => {
    if (engine.prepareLoop === undefined) throw new Error('has no loops')
    return { run: await engine.prepareLoop({ iterations }), expected: iterations }
  },
})

/** A node that goes back to itself. */
export const loopCases: readonly BenchCase[] = [
  loop(1000, {
    id: 'loop-1000',
    title: 'self loop of 1,000 iterations',
    engines: ['floor', 'heddle', 'flowcraft', 'langgraph'],
  }),
  loop(1_000_000, {
    id: 'loop-1000000',
    title: 'self loop of 1,000,000 iterations',
    engines: ['floor', 'heddle', 'flowcraft'],
    leftOut: { langgraph: 'not run: it would take minutes' },
    goal: { medianMs: 600, keptHeapMb: 20 },
    isLarge: true,
    measuresKeptHeap: true,
  }),
]

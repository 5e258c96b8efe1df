import type { GraphLoad } from '../engines/contract.ts'
import { chain, fan, layers } from '../graph.ts'
import type { Graph } from '../graph.ts'
import type { BenchCase } from './contract.ts'

const all = ['floor', 'heddle', 'flowcraft', 'langgraph'] as const
const ours = ['floor', 'heddle'] as const

const tooLarge = {
  flowcraft:
    'not run: it stops at 10,000 steps, and its memory grows with the square of the nodes (over 1 GB at 10,000)',
  langgraph: 'not run: about 0.5 ms a node already at 1,000, and growing',
}

const langgraphTooSlow = { langgraph: 'not run: it would take minutes' }

type Row = Omit<BenchCase, 'suite' | 'n' | 'isRepeatable' | 'prepare'> &
  Omit<GraphLoad, 'graph' | 'work'> & {
    readonly graph: () => Graph
    readonly nodes: number
    readonly waitMs?: (node: number) => number
  }

/** The middle 1,000 of a fan wait; its first and its last node do not. */
const middleWaits = (node: number) => (node === 0 || node === 1001 ? 0 : 10)

const rows: readonly Row[] = [
  { id: 'chain-100', title: 'chain of 100', graph: () => chain(100), nodes: 100, engines: all },
  {
    id: 'chain-1000',
    title: 'chain of 1,000',
    graph: () => chain(1000),
    nodes: 1000,
    engines: all,
    goal: { medianMs: 1 },
  },
  {
    id: 'chain-10000',
    title: 'chain of 10,000',
    graph: () => chain(10_000),
    nodes: 10_000,
    engines: ['floor', 'heddle', 'flowcraft'],
    leftOut: langgraphTooSlow,
    goal: { medianMs: 10 },
  },
  {
    id: 'chain-100000',
    title: 'chain of 100,000',
    graph: () => chain(100_000),
    nodes: 100_000,
    engines: ours,
    leftOut: tooLarge,
    goal: { medianMs: 120, peakRssMb: 200 },
    isLarge: true,
  },
  {
    id: 'fan-1000',
    title: '1 → 1,000 → 1',
    graph: () => fan(1000),
    nodes: 1002,
    engines: all,
    goal: { medianMs: 1 },
  },
  {
    id: 'fan-100000',
    title: '1 → 100,000 → 1',
    graph: () => fan(100_000),
    nodes: 100_002,
    engines: ours,
    leftOut: tooLarge,
    goal: { medianMs: 250 },
    isLarge: true,
  },
  {
    id: 'layers-20x50',
    title: '20 layers × 50, 3 edges each',
    graph: () => layers(20, 50, 3),
    nodes: 1000,
    engines: all,
    goal: { medianMs: 1 },
  },
  {
    id: 'diamond',
    title: '5-node diamond, one run after another',
    graph: () => fan(3),
    nodes: 5,
    engines: all,
    goal: { runsPerSecond: 250_000 },
  },
  {
    id: 'wait-fan-1000',
    title: '1 → 1,000 → 1, the 1,000 wait 10 ms, default options',
    graph: () => fan(1000),
    nodes: 1002,
    engines: all,
    waitMs: middleWaits,
    goal: { medianMs: 20 },
  },
  {
    id: 'wait-fan-1000-wide',
    title: '1 → 1,000 → 1, the 1,000 wait 10 ms, concurrency 1,002',
    graph: () => fan(1000),
    nodes: 1002,
    engines: all,
    waitMs: middleWaits,
    concurrency: 1002,
  },
  {
    id: 'chain-10000-observed',
    title: 'chain of 10,000 with journal and listener',
    graph: () => chain(10_000),
    nodes: 10_000,
    engines: ours,
    isObserved: true,
    goal: { perNodeUs: 2.5 },
  },
  {
    id: 'chain-10000-signal',
    title: 'chain of 10,000, every handler reads `signal`',
    graph: () => chain(10_000),
    nodes: 10_000,
    engines: ours,
    readsSignal: true,
    goal: { perNodeUs: 3.5 },
  },
]

const sleep = (ms: number) =>
  new Promise<number>((resolve) => {
    setTimeout(resolve, ms, 1)
  })

/** Cases that run one graph from its first node to its last. */
export const graphCases: readonly BenchCase[] = rows.map((row) => {
  const { graph, nodes, waitMs, concurrency, readsSignal, isObserved, ...shown } = row
  return {
    ...shown,
    suite: 'core',
    n: nodes,
    isRepeatable: waitMs === undefined,
    prepare: async (engine) => {
      const run = await engine.prepareGraph({
        graph: graph(),
        ...(waitMs === undefined ? {} : { work: async (node) => (waitMs(node) === 0 ? 1 : sleep(waitMs(node))) }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(readsSignal === undefined ? {} : { readsSignal }),
        ...(isObserved === undefined ? {} : { isObserved }),
      })
      return { run, expected: nodes }
    },
  }
})

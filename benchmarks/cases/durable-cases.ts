import { chain } from '../graph.ts'
import type { BenchCase } from './contract.ts'

const nodes = 10_000

const durableChain = (
  fsync: 'never' | 'group',
  rest: Pick<BenchCase, 'id' | 'title'> & Partial<BenchCase>,
): BenchCase => ({
  suite: 'core',
  n: nodes,
  engines: ['floor', 'heddle'],
  isRepeatable: false,
  ...rest,
  prepare: async (engine) => {
    if (engine.prepareDurable === undefined) throw new Error('keeps no runs')
    return { ...(await engine.prepareDurable({ graph: chain(nodes), fsync, everyMs: 10 })), expected: nodes }
  },
})

const lookBack = (isImported: boolean, rest: Pick<BenchCase, 'id' | 'title'>): BenchCase => ({
  suite: 'core',
  n: 1,
  engines: ['floor', 'heddle'],
  goal: { medianMs: 50 },
  isRepeatable: false,
  ...rest,
  prepare: async (engine) => {
    if (engine.prepareLookBack === undefined) throw new Error('keeps no journals')
    const { length, at } = await engine.prepareLookBack({ events: 100_000, isImported })
    let seq = length
    return {
      renew: () => {
        seq = 1 + Math.floor(Math.random() * length)
      },
      run: async () => ((await at(seq)) > 0 ? 1 : 0),
      expected: 1,
    }
  },
})

/** Runs that outlive their process, and looks at where they stood. */
export const durableCases: readonly BenchCase[] = [
  durableChain('never', {
    id: 'chain-10000-durable',
    title: 'chain of 10,000 kept in files, every event handed to the system before its successor starts',
    goal: { perNodeUs: 15 },
  }),
  durableChain('group', {
    id: 'chain-10000-synced',
    title: 'chain of 10,000 kept in files, brought to the disk every 10 ms',
  }),
  lookBack(false, {
    id: 'look-back-100000',
    title: 'where a run of 100,000 events stood after any of them, read from files',
  }),
  lookBack(true, {
    id: 'look-back-100000-imported',
    title: 'where a run of 100,000 events stood after any of them, exported and imported',
  }),
]

import type { DistributedLoad } from '../engines/contract.ts'
import { fan, layers } from '../graph.ts'
import type { BenchCase } from './contract.ts'

const distributed = (
  {
    runs = 1,
    workers = 1,
    concurrency = 10,
    continues = false,
    ...load
  }: Partial<DistributedLoad> & Pick<DistributedLoad, 'graph'>,
  rest: Pick<BenchCase, 'id' | 'title'> & Partial<BenchCase>,
): BenchCase => {
  const n = runs * load.graph.nodeIds.length
  return {
    suite: 'redis',
    n,
    engines: continues ? ['floor', 'heddle'] : ['floor', 'heddle', 'flowcraft'],
    isRepeatable: false,
    // So long that runs which are lost are told, not that the time is over.
    limitSeconds: 400,
    ...rest,
    prepare: async (engine) => {
      if (engine.prepareDistributed === undefined) throw new Error('has no workers')
      return { ...(await engine.prepareDistributed({ runs, workers, concurrency, continues, ...load })), expected: n }
    },
  }
}

/** Workers over a Redis, beside as many jobs of BullMQ that do nothing. */
export const redisCases: readonly BenchCase[] = [
  distributed(
    { graph: fan(3), runs: 200 },
    {
      id: 'redis-diamonds',
      title: '200 diamonds of 5 nodes at once',
      goal: { ratioToFloor: 2.5 },
    },
  ),
  distributed(
    { graph: fan(3), runs: 200, continues: true },
    {
      id: 'redis-diamonds-continued',
      title: '200 diamonds of 5 nodes at once, successors continued in the worker',
      goal: { ratioToFloor: 1 },
    },
  ),
  distributed(
    { graph: fan(3) },
    {
      id: 'redis-diamond',
      title: 'one diamond of 5 nodes on idle workers',
      goal: { medianMs: 3 },
    },
  ),
  distributed(
    { graph: fan(3), continues: true },
    {
      id: 'redis-diamond-continued',
      title: 'one diamond of 5 nodes on idle workers, successors continued in the worker',
    },
  ),
  distributed({ graph: fan(100) }, { id: 'redis-fan-100', title: '1 → 100 → 1' }),
  distributed({ graph: fan(300) }, { id: 'redis-fan-300', title: '1 → 300 → 1' }),
  distributed({ graph: fan(1000) }, { id: 'redis-fan-1000', title: '1 → 1,000 → 1', goal: { ratioToFloor: 2.86 } }),
  distributed(
    { graph: layers(5, 20, 3), workers: 4 },
    { id: 'redis-layers-100', title: '5 layers × 20, 3 edges each, 4 workers' },
  ),
  distributed(
    { graph: layers(50, 200, 3), workers: 4 },
    {
      id: 'redis-layers-10000',
      title: '50 layers × 200, 3 edges each, 4 workers',
      engines: ['floor', 'heddle'],
      leftOut: {
        flowcraft: 'not run: each of its jobs reads the state of the whole run and walks its whole graph',
      },
      isLarge: true,
    },
  ),
]

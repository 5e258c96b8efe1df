import type { RecoveryPlan } from '../recovery.ts'
import { killWorkers } from '../recovery.ts'
import type { BenchCase } from './contract.ts'

const plan: RecoveryPlan = { lanes: 5, killsPerLane: 2, holdMs: 30_000, patienceMs: 100_000 }

/** Workers that are killed. */
export const recoveryCases: readonly BenchCase[] = [
  {
    suite: 'redis',
    id: 'redis-recovery',
    title: 'from SIGKILL of a worker to the next attempt at what it held, every default',
    n: 1,
    engines: ['floor', 'heddle', 'flowcraft'],
    goal: { maxMs: 15_000 },
    isLarge: true,
    isRepeatable: false,
    limitSeconds: 300,
    prepare: async ({ name, recovery }) => {
      if (recovery === undefined) throw new Error('has no workers')
      const parts = await recovery()
      const kills = plan.lanes * plan.killsPerLane
      let recoveries = 0
      return {
        durations: async () => {
          const durations = await killWorkers(name, parts, plan)
          recoveries = durations.length
          return durations
        },
        note: () => `${recoveries} of ${kills} kills recovered from within ${plan.patienceMs / 1000} s`,
      }
    },
  },
]

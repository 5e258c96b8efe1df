import { memoryCoordinationStore, type IClock, type ICoordinationStore } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { assertSimulation, simulate, type FaultRates } from '../../src/index.ts'
import { sampleFlows, type SampleName } from './sample-flows.ts'
import { mutate } from './store-mutants.ts'

const names = Object.keys(sampleFlows) as SampleName[]
const seeds = Math.max(5, Math.ceil(Number(process.env['HEDDLE_SEEDS'] ?? 1200) / names.length / 2))

/** Makes stores that count what was given up, and what was refused because it was over. */
function counting(): {
  readonly store: (options: { readonly clock: IClock }) => ICoordinationStore
  readonly counts: Record<'released' | 'stale', number>
} {
  const counts = { released: 0, stale: 0 }
  const store = ({ clock }: { readonly clock: IClock }): ICoordinationStore =>
    mutate(memoryCoordinationStore({ clock }), (plain) => ({
      release: async (attempt) => {
        const reply = await plain.release(attempt)
        counts[reply.status]++
        return reply
      },
    }))
  return { store, counts }
}

/** Workers end all the time, most of them in the middle of attempts; what they send is lost, comes twice and in another order. */
const ending: Partial<FaultRates> = { drain: 0.03, slowHandler: 0.2, resend: 0.05, duplicateJob: 0.1, lateJob: 0.05 }

describe('workers that are told to end', () => {
  it.each(names)(
    'give their attempts up, die of it, stand still or are not heard, and "%s" breaks no guarantee',
    async (name) => {
      const { workflow, options } = sampleFlows[name]
      const { store, counts } = counting()
      const faults = { ...ending, crash: 0.02, pause: 0.01, error: 0.02 }
      const report = await simulate(workflow, { ...options, seeds, faults, store })
      assertSimulation(report)
      expect(report.faults.drain).toBeGreaterThan(2 * seeds)
      expect(counts.released).toBeGreaterThan(0)
    },
    300_000,
  )

  it.each(names)(
    'lose no attempt where nobody dies: not one of "%s" counts as lost',
    async (name) => {
      const { workflow, options } = sampleFlows[name]
      const { store, counts } = counting()
      const faults = { ...ending, crash: 0, pause: 0, error: 0, clockJump: 0, lostTail: 0 }
      const limits = { maxLostAttempts: 0 }
      assertSimulation(await simulate(workflow, { ...options, seeds, faults, store, limits }))
      expect(counts.released).toBeGreaterThan(0)
    },
    300_000,
  )
})

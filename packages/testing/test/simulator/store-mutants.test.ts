import { memoryCoordinationStore } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import type { FaultRates, Guarantee } from '../../src/index.ts'
import { simulate } from '../../src/index.ts'
import { sampleFlows, type SampleName } from './sample-flows.ts'
import * as mutants from './store-mutants.ts'
import type { StoreMutant } from './store-mutants.ts'

/** How many seeds a mutant may survive. */
const maxSeeds = 400

/** Workers are told to end again and again in the middle of attempts. */
const manyDrains: Partial<FaultRates> = { drain: 0.04, resend: 0.12, slowHandler: 0.4 }

describe('a simulation catches a store that', () => {
  it.each([
    ['counts a mark twice when its outcome comes again', mutants.countsMarksTwice, 'values', 'G8'],
    ['accepts the outcome of an attempt that is over', mutants.acceptsStaleOutcomes, 'sequence', 'G2'],
    ['checks no fence of a commit', mutants.checksNoFence, 'joins', 'turn'],
    ['settles outcomes by whatever is written', mutants.settlesWhateverIsWritten, 'joins', 'G2'],
    ['writes the journal of a commit without its cells', mutants.writesHalfACommit, 'sequence', 'G3'],
    ['drops events by their number instead of their id', mutants.dropsEventsByCount, 'joins', 'G4'],
    ['clears what it has to send when it is sent', mutants.clearsTheOutboxWhenItSends, 'sequence', 'G4'],
    ['ignores leases', mutants.ignoresLeases, 'sequence', 'lease'],
    ['gives up what others attempt', mutants.givesUpOthersAttempts, 'sequence', 'lease', manyDrains],
    ['forgets what was given up', mutants.forgetsWhatIsGivenUp, 'sequence', 'G4', manyDrains],
    ['leaves out a number in the journal', mutants.leavesOutANumber, 'sequence', 'G6'],
    ['forgets an entry of the journal', mutants.rewritesTheJournal, 'sequence', 'G6'],
    ['ends a run while a visit is live', mutants.completesTooEarly, 'joins', 'G5'],
    ['ends a loop while a visit in it is live', mutants.endsLoopsTooEarly, 'loops', 'G5'],
    ['writes over what others wrote', mutants.overwritesSharedValues, 'values', 'G8'],
    ['lets one run change another', mutants.mixesUpRuns, 'sequence', 'G7'],
  ] satisfies [string, StoreMutant, SampleName, Guarantee, Partial<FaultRates>?][])(
    '%s',
    async (_name, mutant, name, guarantee, faults = {}) => {
      const { workflow, options } = sampleFlows[name]
      const report = await simulate(workflow, {
        ...options,
        faults,
        seeds: maxSeeds,
        maxFailures: 1,
        store: ({ clock }) => mutants.mutate(memoryCoordinationStore({ clock }), mutant),
      })
      expect(report.failures.map((failure) => failure.guarantee)).toEqual([guarantee])
    },
    120_000,
  )
})

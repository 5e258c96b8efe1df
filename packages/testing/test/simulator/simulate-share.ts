import { simulate, type SimulationFigures } from '../../src/index.ts'
import { sampleFlows, type SampleName } from './sample-flows.ts'

// A process of its own, see many-seeds.test.ts: the share of the work that it is sent, it simulates and answers.

/** Some seeds of one sample flow. */
export interface Share {
  readonly name: SampleName
  readonly firstSeed: number
  readonly seeds: number
}

/** What came of a share. */
export type ShareReport = Omit<SimulationFigures, 'failures'> & {
  readonly name: SampleName
  /** For each seed that failed the guarantee, what was found, and the line that plays it again. */
  readonly failures: readonly (readonly string[])[]
}

process.on('message', (share: Share) => void answer(share))

async function answer({ name, firstSeed, seeds }: Share): Promise<void> {
  const { workflow, options } = sampleFlows[name]
  const figures = await simulate(workflow, { ...options, firstSeed, seeds })
  const report: ShareReport = {
    ...figures,
    name,
    failures: figures.failures.map(({ guarantee, message, replay }) => [guarantee, message, replay]),
  }
  process.send?.(report)
}

import type { Guarantee } from './checks/violation.ts'
import type { FaultKind } from './faults.ts'

/** A seed in whose world a guarantee did not hold, with no more faults than it takes. */
export interface SimulationFailure {
  readonly seed: number
  readonly guarantee: Guarantee
  /** What was found, in which run. */
  readonly message: string
  /** Plays the world again: `simulate(workflow, { replay })`, with the same other options. */
  readonly replay: string
  /** What happened in the world, a line each; of many the last ones. */
  readonly trace: readonly string[]
}

/** What was counted in a simulation. */
export interface SimulationFigures {
  /** How many worlds were simulated. */
  readonly seeds: number
  /** How many operations their stores carried out; each was checked. */
  readonly steps: number
  /** How many visits were attempted. */
  readonly visits: number
  /** How many in the world with the fewest. */
  readonly fewestVisits: number
  /** How many faults there were in the world with the fewest. */
  readonly fewestFaults: number
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Record<FaultKind, number>>
  readonly elapsedMs: number
  readonly seedsPerSecond: number
  readonly failures: readonly SimulationFailure[]
}

/** What came out of a simulation. */
export interface SimulationReport extends SimulationFigures {
  /** The report as text of a few lines. */
  describe(): string
}

/** How many lines of a trace a description shows. */
const shownLines = 30

/** The figures in words. */
export function describeReport(figures: SimulationFigures): string {
  const { seeds, steps, visits, faults, seedsPerSecond, failures } = figures
  const kinds = Object.entries(faults)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0)
  const lines = [
    `${seeds} seeds, ${visits} visits, ${steps} operations, ${total} faults, ${Math.round(seedsPerSecond)} seeds/s`,
    ...(kinds.length === 0 ? [] : [`faults: ${kinds.join(', ')}`]),
    failures.length === 0 ? 'no guarantee was broken' : `${failures.length} seeds failed`,
  ]
  for (const { seed, guarantee, message, replay, trace } of failures) {
    lines.push(
      '',
      `seed ${seed}, ${guarantee}: ${message}`,
      `simulate(workflow, { replay: '${replay}' })`,
      ...trace.slice(-shownLines).map((line) => `  ${line}`),
    )
  }
  return lines.join('\n')
}

import { HeddleError } from '@heddle/core'
import type { SimulationReport } from './simulation-report.ts'

/**
 * Fails a test whose simulation broke a guarantee, with the description of the report as its message.
 *
 * @throws HeddleError `SIMULATION_FAILED`
 * @example
 * ```ts
 * assertSimulation(await simulate(review, { seeds: 500 }))
 * ```
 */
export function assertSimulation(report: SimulationReport): void {
  const { failures } = report
  if (failures.length === 0) return
  throw new HeddleError('SIMULATION_FAILED', report.describe(), {
    details: { failures: failures.map(({ seed, guarantee, replay }) => ({ seed, guarantee, replay })) },
  })
}

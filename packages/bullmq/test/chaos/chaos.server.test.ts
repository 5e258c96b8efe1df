import { describe, expect, it } from 'vitest'
import { runChaos } from './chaos.ts'
import { reportText } from './report-text.ts'

describe('chaos in short (npm run chaos has all of it)', () => {
  it('loses no run, fires no join twice and completes nothing falsely while workers and Redis are killed', async () => {
    const said: string[] = []
    const report = await runChaos(
      {
        seed: Math.floor(Math.random() * 1_000_000),
        runs: 105,
        kills: 8,
        pauses: 1,
        restarts: 1,
        cuts: 1,
        workers: 3,
        share: 0.1,
        atOnce: 20,
        pauseMs: 10_000,
        // A bound of its own is for a machine that does nothing else: here it is only that they recover.
        recoveryMs: 60_000,
        patienceMs: 120_000,
      },
      (line) => said.push(line),
    )
    if (report.violations.length > 0) throw new Error([...said, reportText(report)].join('\n'))
    expect(report.faults).toHaveLength(11)
  }, 300_000)
})

import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { sampleFlows, type SampleName } from './sample-flows.ts'
import type { Share, ShareReport } from './simulate-share.ts'

const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/** How many seeds there are for all sample flows together; `HEDDLE_SEEDS` asks for more. */
const seedCount: number = Number(process.env['HEDDLE_SEEDS'] ?? 20_000)

/** How many seeds a process is sent at a time. */
const seedsAtATime = 250

const names = Object.keys(sampleFlows) as SampleName[]
const seedsOfOne = Math.ceil(seedCount / names.length)

/** However busy the machine is. */
const timeLimitMs = 120_000 + 100 * seedCount

function* shares(): Generator<Share> {
  for (let firstSeed = 1; firstSeed <= seedsOfOne; firstSeed += seedsAtATime) {
    for (const name of names) yield { name, firstSeed, seeds: Math.min(seedsAtATime, seedsOfOne + 1 - firstSeed) }
  }
}

/** Simulates shares in a process of its own, one after the other, until there are none. */
function workThrough(work: Iterator<Share>, onReport: (report: ShareReport) => void): Promise<void> {
  const child = fork('test/simulator/simulate-share.ts', {
    cwd: packageFolder,
    execArgv: ['--import', 'tsx', '--conditions=@heddle/source'],
  })
  return new Promise((resolve, reject) => {
    const sendNext = (): void => {
      const { done, value } = work.next() as IteratorResult<Share, undefined>
      if (done === true) child.disconnect()
      else child.send(value)
    }
    child.on('message', (report: ShareReport) => {
      onReport(report)
      sendNext()
    })
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a simulating process ended with ${code}`))))
    sendNext()
  })
}

/** All shares, over as many processes as there are cores. */
async function simulateAll(): Promise<ShareReport[]> {
  const reports: ShareReport[] = []
  const work = shares()
  await Promise.all(
    Array.from({ length: availableParallelism() }, () => workThrough(work, (report) => reports.push(report))),
  )
  return reports
}

const sum = (reports: readonly ShareReport[], field: 'seeds' | 'visits' | 'steps'): number =>
  reports.reduce((total, report) => total + report[field], 0)

describe('many seeds', () => {
  it(
    'break no guarantee, each with 20 visits and a fault or more, over workflows with everything that a run can do',
    async () => {
      const startedMs = performance.now()
      const reports = await simulateAll()
      const seconds = (performance.now() - startedMs) / 1000
      const seeds = sum(reports, 'seeds')
      // oxlint-disable-next-line no-console -- how fast it was is told and not asserted
      console.info(
        `${seeds} seeds, ${sum(reports, 'visits')} visits, ${sum(reports, 'steps')} operations in ${seconds.toFixed(1)} s: ${Math.round(seeds / seconds)} seeds/s`,
      )
      const failures = reports.flatMap((report) => report.failures.map((failure) => [report.name, ...failure]))
      expect(failures).toEqual([])
      expect(seeds).toBe(seedsOfOne * names.length)
      const tooQuiet = reports.filter(({ fewestVisits, fewestFaults }) => fewestVisits < 20 || fewestFaults < 1)
      expect(tooQuiet).toEqual([])
    },
    timeLimitMs,
  )
})

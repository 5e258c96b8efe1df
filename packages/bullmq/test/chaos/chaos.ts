import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startRedis } from '../redis-server.ts'
import { ChaosClients, chaosRuns, type ChaosRun } from './chaos-clients.ts'
import { planFaults, type FaultCounts } from './fault-plan.ts'
import { readNotes, type Note } from './notes.ts'
import { countRepeats, groupBy, measureRecoveries, type Recovery } from './recovery.ts'
import { referenceRuns } from './reference-runs.ts'
import { RunProgress } from './run-progress.ts'
import { seededRandom } from './seeded-random.ts'
import { storm, type Fault } from './storm.ts'
import { isSetBack, judge, type Violation } from './verdict.ts'
import { WorkerFleet } from './worker-fleet.ts'
import { bundleWorker } from './worker-program.ts'

/** Sizes of the chaos. */
export interface ChaosOptions extends FaultCounts {
  readonly seed: number
  readonly runs: number
  readonly workers: number
  /** How many runs are under way at once: so few that no job waits for a free worker. */
  readonly atOnce: number
  /** How long a worker stands still, in milliseconds. */
  readonly pauseMs: number
  /** Share of the scripts that are sent twice, 0 to 1. */
  readonly share: number
  /** How long a recovery may take, in milliseconds. */
  readonly recoveryMs: number
  /** How long a run may take before it counts as lost, in milliseconds. */
  readonly patienceMs: number
}

/** What came of it. */
export interface ChaosReport {
  readonly options: ChaosOptions
  readonly runs: number
  readonly faults: readonly Fault[]
  readonly recoveries: readonly Recovery[]
  readonly attempts: number
  readonly repeated: number
  readonly falseStalls: number
  /** Runs that went back to an earlier state with the log of Redis. */
  readonly setBack: number
  /** Starts, answers and failed operations of the clients. */
  readonly clients: ChaosClients['counts']
  readonly violations: readonly Violation[]
  readonly tookMs: number
}

/** Runs of all workflows on real workers and a real Redis, while both are killed; then everything is compared. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const begun = Date.now()
  const random = seededRandom(options.seed)
  const plan = planFaults(random, options)
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-chaos-'))
  const program = await bundleWorker()
  const server = await startRedis()
  const place = [server.url, 'chaos'] as const
  const fleet = new WorkerFleet(options.workers, program.file, [...place, folder, String(options.share)])
  const clients = new ChaosClients(...place, options.share)
  try {
    const reference = await referenceRuns()
    await fleet.ready()
    say(`${options.workers} workers are ready; ${options.runs} runs begin, ${options.atOnce} at once`)
    const runs = chaosRuns(options.runs, clients.workflows.length)
    const progress = new RunProgress(runs.length)
    const untilShare = (share: number): Promise<void> => progress.untilShare(share)
    const storming = storm(plan, { fleet, server, random, untilShare, pauseMs: options.pauseMs, folder, say })
    await drive(runs, clients, progress, options, say)
    const faults = await storming
    say('all faults are over; every run is looked at again')
    const lost = await lostRuns(runs, clients, options)
    const all = readNotes(folder)
    const notes = groupBy(all, ({ runId }) => runId)
    const violations = [...lost]
    let setBack = 0
    for (const run of runs) {
      if (lost.some(({ runId }) => runId === run.runId)) continue
      const ofRun = notes.get(run.runId) ?? []
      const wasSetBack = isSetBack(ofRun, faults)
      if (wasSetBack) setBack++
      const found = await clients.read(run, options.patienceMs)
      if (found === undefined) {
        const why = await clients.explain(run, options.patienceMs)
        violations.push({ kind: 'run lost', runId: run.runId, what: `its result cannot be read: ${why}` })
        continue
      }
      const expected = reference(run.workflow, run.n)
      violations.push(
        ...judge({ runId: run.runId, ...found, notes: ofRun, reference: expected, isSetBack: wasSetBack }),
      )
    }
    const recoveries = measureRecoveries(all, faults)
    for (const { fault, runId, visit, tookMs } of recoveries) {
      if (tookMs > options.recoveryMs) {
        violations.push({
          kind: 'slow recovery',
          runId,
          what: `${visit}: ${tookMs} ms after ${fault.kind} at ${fault.at}\n${linesOf(notes.get(runId))}`,
        })
      }
    }
    const attempts = all.filter(({ kind }) => kind === 'begin').length
    const tookMs = Date.now() - begun
    const { counts } = clients
    const repeats = countRepeats(all, faults)
    return {
      options,
      runs: runs.length,
      faults,
      recoveries,
      attempts,
      ...repeats,
      setBack,
      clients: counts,
      violations,
      tookMs,
    }
  } finally {
    await fleet.close()
    await clients.close()
    await server.stop()
    program.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The notes of a run, for people. */
function linesOf(notes: readonly Note[] = []): string {
  return notes.map(({ at, process, kind, visit, detail }) => `  ${at} ${process} ${kind} ${visit} ${detail}`).join('\n')
}

/** Starts runs, so many at once, and follows each to its end. */
async function drive(
  runs: readonly ChaosRun[],
  clients: ChaosClients,
  progress: RunProgress,
  { atOnce, patienceMs }: ChaosOptions,
  say: (line: string) => void,
): Promise<void> {
  const telling = setInterval(() => say(`${progress.ended} of ${runs.length} runs have ended`), 10_000)
  const waiting = runs.values()
  const follow = async (): Promise<void> => {
    for (const run of waiting) {
      await clients.follow(run, patienceMs)
      progress.add()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, follow))
  clearInterval(telling)
}

/** Follows runs that went back once more; those that do not end are lost. */
async function lostRuns(
  runs: readonly ChaosRun[],
  clients: ChaosClients,
  { patienceMs }: ChaosOptions,
): Promise<Violation[]> {
  const lost: Violation[] = []
  for (let at = 0; at < runs.length; at += 50) {
    await Promise.all(
      runs.slice(at, at + 50).map(async (run) => {
        if (await clients.follow(run, patienceMs)) return
        lost.push({ kind: 'run lost', runId: run.runId, what: await clients.explain(run, patienceMs) })
      }),
    )
  }
  return lost
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readNotes } from '../packages/bullmq/test/chaos/notes.ts'
import type { Note, NoteKind } from '../packages/bullmq/test/chaos/notes.ts'
import { measureRecoveries } from '../packages/bullmq/test/chaos/recovery.ts'
import { seededRandom } from '../packages/bullmq/test/chaos/seeded-random.ts'
import type { Random } from '../packages/bullmq/test/chaos/seeded-random.ts'
import type { Fault } from '../packages/bullmq/test/chaos/storm.ts'
import { pause, WorkerFleet } from '../packages/bullmq/test/chaos/worker-fleet.ts'
import { startRedis } from '../packages/bullmq/test/redis-server.ts'
import type { EngineName, RecoveryParts, RecoveryPlace } from './engines/contract.ts'

/** How many kills there are. */
export interface RecoveryPlan {
  /** Places with workers and runs of their own, in which kills follow each other, on one Redis. */
  readonly lanes: number
  readonly killsPerLane: number
  /** Up to how long an attempt lasts before its worker is killed, in milliseconds: any phase of a check may be met. */
  readonly holdMs: number
  /** How long a run may take to be taken up again, in milliseconds, before it counts as lost. */
  readonly patienceMs: number
}

/** Processes in a lane: one is killed, one is there, and for the one that is killed another one is started at once. */
const workersPerLane = 2

/** This file's folder in the bundle holds the program as well. */
const programFile = (): string => fileURLToPath(new URL('recovery-worker.mjs', import.meta.url))

/** Kills workers that hold an attempt. Resolves to the times until another process took up the attempt, in milliseconds. */
export async function killWorkers(
  engineName: EngineName,
  { connect }: RecoveryParts,
  { lanes, ...plan }: RecoveryPlan,
): Promise<number[]> {
  const server = await startRedis()
  const lane = async (_: unknown, number: number): Promise<number[]> => {
    const place: RecoveryPlace = { url: server.url, name: `lane-${number}` }
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-notes-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    const fleet = new WorkerFleet(workersPerLane, programFile(), [engineName, place.url, place.name, folder])
    await fleet.ready()
    const faults = await killInTurn(connect(place), { ...plan, folder, random: seededRandom(number + 1), place })
    await fleet.close()
    return measureRecoveries(readNotes(folder), faults).map(({ tookMs }) => tookMs)
  }
  return (await Promise.all(Array.from({ length: lanes }, lane))).flat()
}

interface Lane extends Omit<RecoveryPlan, 'lanes'> {
  readonly place: RecoveryPlace
  readonly folder: string
  readonly random: Random
}

async function killInTurn(
  start: (runId: string) => Promise<void>,
  { place, killsPerLane, holdMs, patienceMs, folder, random }: Lane,
): Promise<Fault[]> {
  const faults: Fault[] = []
  for (let count = 0; count < killsPerLane; count++) {
    const runId = `${place.name}-${count}`
    await start(runId)
    const begin = await noteOf('begin', runId, folder, patienceMs)
    if (begin === undefined) throw new Error('a run did not begin')
    await pause(holdMs * random())
    faults.push({ kind: 'kill', at: Date.now(), process: begin.process })
    process.kill(begin.process, 'SIGKILL')
    await noteOf('end', runId, folder, patienceMs)
  }
  return faults
}

/** Waits for the first note of a kind that a worker takes of a run; `undefined` where none is taken in time. */
async function noteOf(kind: NoteKind, runId: string, folder: string, limitMs: number): Promise<Note | undefined> {
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    const found = readNotes(folder).find((note) => note.kind === kind && note.runId === runId)
    if (found !== undefined) return found
    await pause(50)
  }
  return undefined
}

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visitKey, type VisitName } from '@heddle/core'
import { FileStore } from '@heddle/core/node'
import type { AttemptLine } from './weave.ts'

/** Lanes go side by side: what a process waits for, another one uses. */
const lanes = ['left', 'right']
const killsPerLane = 25
/** A run is killed so often at most: then it is left to end. */
const killsPerRun = 8

let folder = ''
let program = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heddle-kill-'))
  program = path.join(folder, 'weave-process.mjs')
  // One file of JavaScript starts several times faster than sources do.
  await build({
    entryPoints: [fileURLToPath(new URL('weave-process.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@heddle/source'],
    outfile: program,
    logLevel: 'silent',
  })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** One store with its side file. */
interface Place {
  readonly dir: string
  readonly sideFile: string
}

const placeOf = (name: string): Place => ({ dir: path.join(folder, name), sideFile: path.join(folder, `${name}.side`) })

/** Numbers from 0 to 1, the same for one seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/** When a process is killed: so many milliseconds after it was started, or after it has opened the run. */
interface KillMoment {
  readonly after: 'start' | 'open'
  readonly delayMs: number
}

/** What a process did before it ended: its result, if it came so far. */
function live({ dir, sideFile }: Place, runId: string, kill: KillMoment | undefined): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, dir, runId, sideFile])
    let stdout = ''
    let stderr = ''
    const arm = (at: KillMoment['after']): void => {
      if (kill?.after === at) setTimeout(() => child.kill('SIGKILL'), kill.delayMs)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout === '') arm('open')
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (exitCode, signal) => {
      const [, result] = stdout.split('\n')
      if (exitCode === 0) resolve(result)
      else if (signal === 'SIGKILL') resolve(undefined)
      else reject(new Error(`the process ended with ${exitCode}: ${stderr}`))
    })
    arm('start')
  })
}

async function attemptsIn({ sideFile }: Place): Promise<readonly AttemptLine[]> {
  const text = await readFile(sideFile, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AttemptLine)
}

const nameOf = (runId: string, visit: string): string => `${runId} ${visit}`

/** The visits that the journals of a store say to have completed, child runs too. */
async function completedIn({ dir }: Place): Promise<ReadonlySet<string>> {
  const store = new FileStore({ dir })
  const completed = new Set<string>()
  for await (const { runId } of store.list()) {
    for (const { fact } of (await store.readEntries(runId, 0, 100_000)) ?? []) {
      if (fact.type === 'node.completed') completed.add(nameOf(runId, visitKey(fact as unknown as VisitName)))
    }
  }
  return completed
}

/** What came of a lane. */
interface Lane {
  readonly kills: number
  readonly runs: number
  /** Attempts by all runs of the lane. */
  readonly attempts: number
  /** Attempts of visits that had completed before their process was started. */
  readonly again: readonly string[]
  readonly results: readonly string[]
}

async function driveLane(name: string, seed: number): Promise<Lane> {
  const random = randomFrom(seed)
  const again: string[] = []
  const results: string[] = []
  let kills = 0
  let attempts = 0
  while (kills < killsPerLane) {
    const place = placeOf(`${name}-${results.length}`)
    let result: string | undefined
    let lines: readonly AttemptLine[] = []
    for (let life = 0; result === undefined; life++) {
      const completed = await completedIn(place)
      const after = random() < 0.15 ? 'start' : 'open'
      const isKilled = life < killsPerRun && kills < killsPerLane
      result = await live(place, 'weave', isKilled ? { after, delayMs: random() * 90 } : undefined)
      if (result === undefined) kills++
      const before = lines.length
      lines = await attemptsIn(place)
      for (const { runId, visit } of lines.slice(before)) if (completed.has(nameOf(runId, visit))) again.push(visit)
    }
    attempts += lines.length
    results.push(result)
  }
  return { kills, runs: results.length, attempts, again, results }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

describe('a run whose process is killed again and again', { timeout: 120_000 }, () => {
  it('ends as an undisturbed one does, and what had completed is never attempted again', async () => {
    const calm = placeOf('calm')
    const undisturbed = await live(calm, 'weave', undefined)
    expect(undisturbed).toContain('"completed"')
    const needed = (await attemptsIn(calm)).length

    const driven = await Promise.all(lanes.map((name, at) => driveLane(name, 20_261_121 + at)))
    for (const { results, again, kills } of driven) {
      expect(new Set(results)).toEqual(new Set([undisturbed]))
      expect(again).toEqual([])
      expect(kills).toBe(killsPerLane)
    }
    const runs = sum(driven.map((lane) => lane.runs))
    const repeated = sum(driven.map(({ attempts }) => attempts)) - runs * needed
    process.stdout.write(`${killsPerLane * lanes.length} kills of ${runs} runs: ${repeated} attempts were made again\n`)
  })
})

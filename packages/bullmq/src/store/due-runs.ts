import type { DueRuns, RunRef } from '@heddle/core'
import { removeScript } from '../lua/remove.ts'
import { takeDueScript } from '../lua/take-due.ts'
import { takePartitionsScript } from '../lua/take-partitions.ts'
import { ArgumentList } from './argument-list.ts'
import type { DuePartitions } from './due-partitions.ts'
import { partitionCount, partitionKey } from './partitions.ts'
import { readChildren, readRun } from './reads.ts'
import { isMissing, listOf, optionalNumber, textsOf } from './reply.ts'
import type { Retention } from './retention.ts'
import type { RunScripts } from './run-scripts.ts'
import type { ScriptRunner } from './script-runner.ts'

/** How many partitions are taken out of the index at a time. */
const partitionsAtATime = 32

/** After how long a partition is handed out again to which nobody has looked, since whoever took it died, in milliseconds. */
const partitionHoldMs = 2000

/** Within this time every partition is looked at, whether or not the index says so, in milliseconds. */
const roundMs = 8000

/** How many finished runs of a partition are removed at a time. */
const removedAtATime = 10

/** How long a finished run is kept whatever their number, in milliseconds: somebody may still ask for its result. */
const graceMs = 600_000

/** What keys of permits begin with in the index of a partition. */
const permitsStart = 'permit/'

/** What one look at a partition has found. */
interface Look {
  /** Run ids, and keys of permits with a beginning that no run id has. */
  readonly ids: readonly string[]
  readonly nextInMs: number
}

/** Partitions that were taken to be looked at. */
interface Taken {
  readonly partitions: readonly number[]
  readonly nextInMs: number
  /** What the index is told when they were looked at. */
  readonly names: readonly string[]
}

/** The due index over all partitions, and the retention of finished runs, which is seen to on the way. */
export class DueIndex {
  private readonly runner: ScriptRunner
  private readonly scripts: RunScripts
  private readonly due: DuePartitions
  private readonly prefix: string
  private readonly retention: Retention
  private nextInRound = Math.floor(Math.random() * partitionCount)
  private lookedAt = performance.now()
  /** Partitions that were taken and looked at, of which the index was not told yet. */
  private looked: string[] = []

  constructor(
    runner: ScriptRunner,
    scripts: RunScripts,
    due: DuePartitions,
    { prefix, retention }: { readonly prefix: string; readonly retention: Retention },
  ) {
    this.runner = runner
    this.scripts = scripts
    this.due = due
    this.prefix = prefix
    this.retention = retention
  }

  /** `IDueIndex.takeDue`: earliest first within a partition. @throws HeddleError `STORE_UNAVAILABLE` */
  async take(limit: number, holdMs: number): Promise<DueRuns> {
    const taken: string[] = []
    let nextInMs = Infinity
    const look = async (partitions: readonly number[]): Promise<void> => {
      const share = Math.max(1, Math.floor((limit - taken.length) / partitions.length))
      const looks = await Promise.all(partitions.map((partition) => this.look(partition, share, holdMs)))
      for (const found of looks) {
        taken.push(...found.ids)
        nextInMs = Math.min(nextInMs, found.nextInMs)
      }
    }
    const outOfTurn = this.partitionsOfRound(limit)
    if (outOfTurn.length > 0) await look(outOfTurn)
    while (taken.length < limit) {
      await this.due.settle()
      const { partitions, nextInMs: next, names } = await this.takePartitions(limit - taken.length)
      nextInMs = Math.min(nextInMs, next)
      if (partitions.length === 0) break
      await look(partitions)
      this.looked.push(...names)
    }
    const isOfPermits = (id: string): boolean => id.startsWith(permitsStart)
    return {
      runIds: taken.filter((id) => !isOfPermits(id)),
      permitKeys: taken.filter(isOfPermits).map((id) => id.slice(permitsStart.length)),
      ...(nextInMs === Infinity ? {} : { nextInMs: Math.max(0, nextInMs) }),
    }
  }

  /** Takes partitions out of the index, which is told on the way what was looked at; answers in how many milliseconds the next one is due too. */
  private async takePartitions(most: number): Promise<Taken> {
    const request = crypto.randomUUID()
    const { looked } = this
    this.looked = []
    const values = [String(Math.min(partitionsAtATime, most)), request, String(partitionHoldMs), ...looked]
    const [taken, next] = listOf(await this.runner.run(takePartitionsScript, this.due.keys, values))
    const partitions = listOf(taken).map(Number)
    const names = partitions.map((partition) => `${partition}/${request}`)
    return { partitions, nextInMs: optionalNumber(next) ?? Infinity, names }
  }

  /** The partitions whose turn it is to be looked at without a reason. */
  private partitionsOfRound(limit: number): number[] {
    const now = performance.now()
    const count = Math.min(partitionCount, limit, Math.floor(((now - this.lookedAt) / roundMs) * partitionCount))
    if (count === 0) return []
    // What is left of the time counts for the next look: one that comes often would be late otherwise.
    this.lookedAt = Math.max(this.lookedAt + (count / partitionCount) * roundMs, now - roundMs)
    const first = this.nextInRound
    this.nextInRound = (first + count) % partitionCount
    return Array.from({ length: count }, (_, at) => (first + at) % partitionCount)
  }

  private async look(partition: number, limit: number, holdMs: number): Promise<Look> {
    const { ageMs, count } = this.retention
    const isKeptForGood = ageMs === undefined && count === undefined
    const values = new ArgumentList().add(limit, Math.ceil(holdMs), ageMs ?? '')
    values.add(count === undefined ? '' : Math.ceil(count / partitionCount), graceMs)
    values.add(isKeptForGood ? 0 : removedAtATime, crypto.randomUUID())
    const reply = await this.runner.run(takeDueScript, [partitionKey(this.prefix, partition)], values.all)
    const [ids, nextInMs, nextAt, ended, children] = listOf(reply)
    if (!isMissing(nextAt)) this.due.tell(partition, nextAt)
    for (const runId of textsOf(ended)) await this.removeEnded(runId)
    for (const runId of textsOf(children)) await this.removeOrphan(runId)
    return { ids: textsOf(ids), nextInMs: optionalNumber(nextInMs) ?? Infinity }
  }

  /** Removes a finished run after its child runs. Whoever dies on the way leaves the run to the next one. */
  private async removeEnded(runId: string): Promise<void> {
    const head = await readRun(this.scripts, runId)
    if (head === undefined || head.status === 'live') return
    await this.removeWithChildren(head)
  }

  private async removeWithChildren(run: RunRef): Promise<void> {
    for (const { childRunId } of await readChildren(this.scripts, run)) {
      const child = await readRun(this.scripts, childRunId)
      const isOver = child?.parent?.incarnation === run.incarnation && child.status !== 'live'
      if (isOver) await this.removeWithChildren(child)
    }
    await this.scripts.run(removeScript, { runId: run.runId, incarnation: run.incarnation })
  }

  /** A finished child run whose parent is not there any more. */
  private async removeOrphan(runId: string): Promise<void> {
    const child = await readRun(this.scripts, runId)
    if (child?.parent === undefined || child.status === 'live') return
    const parent = await readRun(this.scripts, child.parent.runId)
    if (parent?.incarnation !== child.parent.incarnation) await this.removeWithChildren(child)
  }
}

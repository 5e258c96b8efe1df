import type { ParentLink, RunPlace, RunRecord } from '@heddle/core'
import { listRunsScript } from '../lua/list-runs.ts'
import { partitionCount, partitionKey } from './partitions.ts'
import { listOf, optionalNumber, optionalText, parse, textOf } from './reply.ts'
import type { ScriptRunner } from './script-runner.ts'

/** How many runs a partition is asked for at first: its share of a page, and some more, since the shares differ. */
const spare = 2

/** The runs of one partition behind a place, in order, read as they are needed. */
interface PartitionRuns {
  readonly partition: number
  records: RunRecord[]
  isWhole: boolean
}

/**
 * The list of all runs. Each partition has a list of its own runs, kept by the scripts that start and remove them; this merges those lists.
 * So a page costs a look at each of the partitions, and some more looks.
 */
export class RunList {
  private readonly runner: ScriptRunner
  private readonly prefix: string

  constructor(runner: ScriptRunner, prefix: string) {
    this.runner = runner
    this.prefix = prefix
  }

  /** `IRunRecords.listRuns`. @throws HeddleError `STORE_UNAVAILABLE` */
  async page(limit: number, after: RunPlace | undefined): Promise<readonly RunRecord[]> {
    const share = Math.ceil(limit / partitionCount) + spare
    const lists = await Promise.all(
      Array.from({ length: partitionCount }, (_, partition) => this.read(partition, after, share)),
    )
    const page: RunRecord[] = []
    while (page.length < limit) {
      const list = firstOf(lists)
      const record = list?.records.shift()
      if (list === undefined || record === undefined) break
      page.push(record)
      if (list.records.length > 0 || list.isWhole) continue
      Object.assign(list, await this.read(list.partition, record, limit))
    }
    return page
  }

  private async read(partition: number, after: RunPlace | undefined, most: number): Promise<PartitionRuns> {
    // Of those that were started in the same millisecond some stand before that place: so many more are read until all of them are there.
    for (let count = most; ; count *= 2) {
      const values = [after === undefined ? '+inf' : String(after.startedAt), String(count)]
      const found = listOf(await this.runner.run(listRunsScript, [partitionKey(this.prefix, partition)], values))
      const all = found.map((run) => recordOf(listOf(run)))
      const records = after === undefined ? all : all.filter((record) => comparePlaces(after, record) < 0)
      const isWhole = all.length < count
      if (isWhole || records.length > 0) return { partition, records, isWhole }
    }
  }
}

/** The list whose first run stands before those of the others. */
function firstOf(lists: readonly PartitionRuns[]): PartitionRuns | undefined {
  let first: PartitionRuns | undefined
  let place: RunPlace | undefined
  for (const list of lists) {
    const [record] = list.records
    if (record === undefined || (place !== undefined && comparePlaces(place, record) < 0)) continue
    first = list
    place = record
  }
  return first
}

/** Which of two runs stands first, in the order of a sorted set that is read from its end: by time, then by the bytes of the id. */
function comparePlaces(one: RunPlace, other: RunPlace): number {
  if (one.startedAt !== other.startedAt) return other.startedAt - one.startedAt
  return Buffer.compare(Buffer.from(other.runId), Buffer.from(one.runId))
}

function recordOf([
  runId,
  startedAt,
  incarnation,
  workflowId,
  hash,
  status,
  ended,
  parentText,
  tags,
]: readonly unknown[]): RunRecord {
  const endedAt = optionalNumber(ended)
  const parent = optionalText(parentText)
  return {
    runId: textOf(runId),
    incarnation: textOf(incarnation),
    workflowId: textOf(workflowId),
    definitionHash: textOf(hash),
    status: textOf(status) as RunRecord['status'],
    startedAt: Number(startedAt),
    ...(endedAt === undefined ? {} : { endedAt }),
    tags: tags === null ? [] : parse<readonly string[]>(tags),
    ...(parent === undefined ? {} : { parentRunId: parse<ParentLink>(parent).runId }),
  }
}

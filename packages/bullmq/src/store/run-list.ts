import type { ParentLink, RunPlace, RunRecord } from '@heddle/core'
import { listPlacesScript } from '../lua/list-places.ts'
import { readListedScript } from '../lua/read-listed.ts'
import { partitionCount, partitionKey, partitionOf, runKey } from './partitions.ts'
import { isMissing, listOf, optionalNumber, optionalText, parse, textOf, textsOf } from './reply.ts'
import type { ScriptRunner } from './script-runner.ts'

/** How many runs a partition is asked for at first beside its share of a page, since the shares differ. */
const spare = 2

/** How many partitions, and how many runs, one script looks at on a single server: it takes less than a millisecond. */
const partitionsOfScript = 64
const runsOfScript = 100

/** The runs of one partition behind a place, in order, as far as they were read. */
interface PartitionPlaces {
  readonly key: string
  readonly places: RunPlace[]
  /** The last one that was read, or the place where the page begins. */
  last: RunPlace | undefined
  /** How many it is asked for next. */
  count: number
  isWhole: boolean
}

/**
 * The list of all runs. Each partition has a list of its own runs, kept by the scripts that start and remove them; this merges those lists,
 * and reads of the runs that are on the page what is told of them. So a page costs a look at each of the partitions and at each of its
 * runs: many in one script on a single server, those of one partition on a cluster.
 */
export class RunList {
  private readonly runner: ScriptRunner
  private readonly prefix: string
  private readonly hasSlots: boolean

  /** @param hasSlots whether it is a cluster: then a script has keys of one partition alone */
  constructor(runner: ScriptRunner, prefix: string, hasSlots: boolean) {
    this.runner = runner
    this.prefix = prefix
    this.hasSlots = hasSlots
  }

  /** `IRunRecords.listRuns`. @throws HeddleError `STORE_UNAVAILABLE` */
  async page(limit: number, after: RunPlace | undefined): Promise<readonly RunRecord[]> {
    const page: RunRecord[] = []
    for (let last = after; ;) {
      const wanted = limit - page.length
      const places = await this.places(wanted, last)
      page.push(...(await this.records(places)))
      last = places.at(-1)
      // Runs that were removed in between make room for others.
      if (places.length < wanted || page.length === limit) return page
    }
  }

  /** Where the runs of a page stand. */
  private async places(limit: number, after: RunPlace | undefined): Promise<readonly RunPlace[]> {
    const count = Math.ceil(limit / partitionCount) + spare
    const lists = Array.from({ length: partitionCount }, (_, partition): PartitionPlaces => {
      return { key: partitionKey(this.prefix, partition), places: [], last: after, count, isWhole: false }
    })
    for (let open = lists; ;) {
      const together = chunksOf(open, this.hasSlots ? 1 : partitionsOfScript)
      await Promise.all(together.map((chunk) => this.readOn(chunk)))
      const found = lists.flatMap(({ places }) => places).sort(comparePlaces)
      const end = found[limit - 1]
      // What stands behind the last one that was read of a partition may belong to the page if that one stands before its end.
      open = lists.filter(({ last, isWhole }) => {
        return !isWhole && (end === undefined || last === undefined || comparePlaces(last, end) < 0)
      })
      if (open.length === 0) return found.slice(0, limit)
    }
  }

  /** Reads more of each of these partitions. */
  private async readOn(lists: readonly PartitionPlaces[]): Promise<void> {
    const keys = lists.map(({ key }) => key)
    const values = lists.flatMap(({ last, count }) => [last ? String(last.startedAt) : '+inf', String(count)])
    const found = listOf(await this.runner.run(listPlacesScript, keys, values))
    for (const [at, list] of lists.entries()) {
      const { last, count } = list
      const all = placesOf(textsOf(found[at]))
      // Of those that were started in the same millisecond some stand before that place.
      const behind = last === undefined ? all : all.filter((place) => comparePlaces(last, place) < 0)
      list.places.push(...behind)
      list.last = behind.at(-1) ?? last
      list.isWhole = all.length < count
      // Where so many were started in one millisecond, it takes more to get past them.
      list.count = count * 2
    }
  }

  /** What is told of runs, in their order, without those that were removed meanwhile. */
  private async records(places: readonly RunPlace[]): Promise<readonly RunRecord[]> {
    const together = this.hasSlots ? byPartition(places) : chunksOf(places, runsOfScript)
    const read = await Promise.all(together.map((chunk) => this.readRecords(chunk)))
    const records = read.flat()
    return this.hasSlots ? records.sort(comparePlaces) : records
  }

  private async readRecords(places: readonly RunPlace[]): Promise<readonly RunRecord[]> {
    const keys = places.map(({ runId }) => runKey(this.prefix, partitionOf(runId), runId))
    const found = listOf(await this.runner.run(readListedScript, keys, []))
    return places.flatMap((place, at) => recordOf(place, listOf(found[at])))
  }
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let at = 0; at < list.length; at += size) chunks.push(list.slice(at, at + size))
  return chunks
}

function byPartition(places: readonly RunPlace[]): RunPlace[][] {
  const groups = new Map<number, RunPlace[]>()
  for (const place of places) {
    const partition = partitionOf(place.runId)
    const group = groups.get(partition)
    if (group === undefined) groups.set(partition, [place])
    else group.push(place)
  }
  return [...groups.values()]
}

function placesOf(flat: readonly string[]): RunPlace[] {
  const places: RunPlace[] = []
  for (let at = 0; at + 1 < flat.length; at += 2) {
    places.push({ runId: flat[at] as string, startedAt: Number(flat[at + 1]) })
  }
  return places
}

/** Which of two runs stands first, in the order of a sorted set that is read from its end: by time, then by the bytes of the id. */
function comparePlaces(one: RunPlace, other: RunPlace): number {
  if (one.startedAt !== other.startedAt) return other.startedAt - one.startedAt
  return Buffer.compare(Buffer.from(other.runId), Buffer.from(one.runId))
}

/** The record of a run, or nothing if the run is not there any more. */
function recordOf({ runId, startedAt }: RunPlace, fields: readonly unknown[]): RunRecord[] {
  const [incarnation, workflowId, hash, status, ended, parentText, tags] = fields
  if (isMissing(incarnation)) return []
  const endedAt = optionalNumber(ended)
  const parent = optionalText(parentText)
  const record: RunRecord = {
    runId,
    incarnation: textOf(incarnation),
    workflowId: textOf(workflowId),
    definitionHash: textOf(hash),
    status: textOf(status) as RunRecord['status'],
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    tags: isMissing(tags) ? [] : parse<readonly string[]>(tags),
    ...(parent === undefined ? {} : { parentRunId: parse<ParentLink>(parent).runId }),
  }
  return [record]
}

import {
  HeddleError,
  readEvent,
  type ErrorData,
  type IJournalStore,
  type OpenWait,
  type RunEvent,
  type StoredEvent,
  type WorkflowBlueprint,
} from '@heddle/core'
import { readEntries, serializer } from './read-journal.ts'
import { countVisits, foldStanding, outputOf, type RunStanding, type StoredStatus } from './run-standing.ts'
import { storedWaits } from './stored-waits.ts'

/** How many events are shown before the place that is looked at, itself included, and how many after it. */
const eventsBefore = 8
const eventsAfter = 4

/** A run of a store as it was after one event. */
export interface InspectedRun {
  readonly runId: string
  readonly workflowId: string
  readonly definitionHash: string
  readonly parentRunId?: string
  readonly status: StoredStatus
  readonly startedAt: Date
  /** The event after which this was, and how many there are by now. */
  readonly seq: number
  readonly at: Date
  readonly lastSeq: number
  /** Events up to this one were dropped by a compaction, and what they told is missing here. */
  readonly droppedTo?: number
  readonly input: unknown
  /** How many visits have each status; items of maps are not counted. */
  readonly counts: Readonly<Record<string, number>>
  /** Status by visit. */
  readonly visits: ReadonlyMap<string, string>
  /** Output by node: of the visit with the highest iteration. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly output?: unknown
  /** The shared values; known only where the run's definition is: their reducers stand there. */
  readonly context?: Readonly<Record<string, unknown>>
  /** In their place where it is not: what was written to each last, as it was written. */
  readonly lastWritten?: Readonly<Record<string, unknown>>
  readonly waits: readonly OpenWait[]
  readonly errors: readonly ErrorData[]
  /** The child runs that it waited for. */
  readonly children: readonly string[]
  readonly events: readonly RunEvent[]
}

/**
 * Where a run of a store stood after an event, by its journal alone and without a lock.
 *
 * @param at the `seq` of the event; without it the last one
 * @param blueprint of the run, if it is known: the reducers of shared values stand there
 * @throws HeddleError `UNKNOWN_RUN`, `INVALID_OPTION` if there is no such event, and what the store throws
 */
export async function inspectRun(
  store: IJournalStore,
  runId: string,
  at: number | undefined,
  blueprint: WorkflowBlueprint | undefined,
): Promise<InspectedRun> {
  let near: StoredEvent[] = []
  let lastSeq = 0
  let end: StoredEvent | undefined
  const fold = await foldStanding(runId, blueprint?.policy, async (folding) => {
    near = []
    for await (const entry of readEntries(store, runId, at === undefined ? undefined : at + eventsAfter)) {
      lastSeq = entry.seq
      const isPast = at === undefined || entry.seq <= at
      if (isPast) {
        folding.add(entry)
        near.push(entry)
        if (entry.fact.type === 'run.completed') end = entry
        if (near.length > eventsBefore * 64) near = near.slice(-eventsBefore)
      } else near.push(entry)
    }
  })
  if (at !== undefined) lastSeq = await lastSeqOf(store, runId, lastSeq)
  const run = fold.standing()
  const { seq } = run
  if (at !== undefined && at !== seq) throw noSuchEvent(runId, at, run.firstSeq, lastSeq)
  const context = run.folded.shared.toRecord()
  const first = near.findIndex((entry) => entry.seq > seq - eventsBefore)
  return {
    ...describe(run, end),
    ...(blueprint === undefined ? { lastWritten: context } : { context }),
    lastSeq,
    // The children of an earlier moment have gone on since: their journals tell of now.
    waits: seq === lastSeq ? await storedWaits(store, run) : [...run.folded.waits.values()],
    events: near.slice(first).map((entry) => fold.renamed(readEvent(serializer, runId, entry))),
  }
}

/** What the journal up to there says. */
type Described = Omit<InspectedRun, 'context' | 'lastWritten' | 'lastSeq' | 'waits' | 'events'>

function describe(run: RunStanding, end: StoredEvent | undefined): Described {
  const { runId, workflowId, definitionHash, parentRunId, status, folded, firstSeq, errors } = run
  const ended = end === undefined ? undefined : readEvent(serializer, runId, end)
  return {
    runId,
    workflowId,
    definitionHash,
    ...(parentRunId === undefined ? {} : { parentRunId }),
    status,
    startedAt: new Date(run.startedAt),
    seq: run.seq,
    at: new Date(run.at),
    ...(firstSeq > 1 ? { droppedTo: firstSeq - 1 } : {}),
    input: folded.input,
    counts: countVisits(run),
    visits: folded.visits,
    outputs: Object.fromEntries([...run.outputs].map(([id, entry]) => [id, outputOf(runId, entry)])),
    ...(ended?.type === 'run.completed' ? { output: ended.output } : {}),
    errors,
    children: run.children.filter(({ isLive }) => isLive).map((child) => child.runId),
  }
}

/** The last event of a run: its newest snapshot spares reading what lies before. */
async function lastSeqOf(store: IJournalStore, runId: string, atLeast: number): Promise<number> {
  const contents = await store.read(runId)
  return contents?.entries.at(-1)?.seq ?? contents?.snapshot?.seq ?? atLeast
}

function noSuchEvent(runId: string, at: number, first: number, last: number): HeddleError {
  return new HeddleError(
    'INVALID_OPTION',
    `Run "${runId}" has no event ${at}; its events are numbered from ${first} to ${last}.`,
    { details: { option: 'at', runId, first, last } },
  )
}

import { isHeddleError, type HeddleError, type IJournalStore, type JournalSummary } from '@heddle/core'
import type { StoredStatus } from './run-standing.ts'
import { standingNow, storedWaits } from './stored-waits.ts'

/** One run of a store. */
export interface ListedRun {
  readonly runId: string
  readonly workflowId: string
  readonly status: StoredStatus
  readonly parentRunId?: string
  readonly startedAt: Date
  readonly lastEvent: { readonly seq: number; readonly type: string; readonly at: Date }
  /** Ids of the open waits, those of child runs included. */
  readonly waits: readonly string[]
}

/** The runs of a store, the newest first, and what is wrong with the journals that cannot be read. */
export interface RunList {
  readonly runs: readonly ListedRun[]
  readonly damaged: readonly HeddleError[]
}

const ends: ReadonlyMap<string, StoredStatus> = new Map([
  ['run.completed', 'completed'],
  ['run.failed', 'failed'],
  ['run.cancelled', 'cancelled'],
])

/**
 * Lists the runs of a store.
 *
 * @param isAll child runs too
 * @throws HeddleError what the store throws, damaged journals apart
 */
export async function listRuns(store: IJournalStore, isAll: boolean): Promise<RunList> {
  const runs: ListedRun[] = []
  const damaged: HeddleError[] = []
  await unlessDamaged(damaged, async () => {
    for await (const summary of store.list()) {
      if (!isAll && summary.first.fact['parentRunId'] !== undefined) continue
      // Its ends may be whole where its middle is not: the other runs are still to be listed then.
      const run = await unlessDamaged(damaged, () => listedRun(store, summary, damaged))
      if (run !== undefined) runs.push(run)
    }
  })
  runs.sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
  return { runs, damaged }
}

async function unlessDamaged<T>(damaged: HeddleError[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
    damaged.push(error)
    return undefined
  }
}

/** The runs that errors about damaged journals tell of. */
export function damagedRuns(damaged: readonly HeddleError[]): readonly unknown[] {
  const runIds = damaged.flatMap(({ details }): unknown[] => {
    const { runId, runIds: several } = details
    return Array.isArray(several) ? several : [runId]
  })
  return [...new Set(runIds)]
}

async function listedRun(
  store: IJournalStore,
  { runId, first, last }: JournalSummary,
  damaged: HeddleError[],
): Promise<ListedRun> {
  const { workflowId, parentRunId } = first.fact
  return {
    runId,
    workflowId: workflowId as string,
    ...(await standingOf(store, runId, last.fact, damaged)),
    ...(parentRunId === undefined ? {} : { parentRunId: parentRunId as string }),
    startedAt: new Date(first.at),
    lastEvent: { seq: last.seq, type: last.fact.type, at: new Date(last.at) },
  }
}

/** Most runs are told by their last event alone; one that was interrupted is not. */
async function standingOf(
  store: IJournalStore,
  runId: string,
  last: JournalSummary['last']['fact'],
  damaged: HeddleError[],
): Promise<Pick<ListedRun, 'status' | 'waits'>> {
  const end = ends.get(last.type)
  if (end !== undefined) return { status: end, waits: [] }
  if (last.type === 'run.awaiting') return { status: 'awaiting', waits: (last['waits'] as string[] | undefined) ?? [] }
  const run = await standingNow(store, runId)
  // A run is as it is, whatever became of the journal of its child run.
  const waits = (await unlessDamaged(damaged, () => storedWaits(store, run))) ?? [...run.folded.waits.values()]
  return { status: run.status, waits: waits.map(({ waitId }) => waitId) }
}

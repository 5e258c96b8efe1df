import { HeddleError, idInParent, waitInParent, type IJournalStore, type OpenWait } from '@heddle/core'
import { readEntries } from './read-journal.ts'
import { foldStanding, type RunStanding } from './run-standing.ts'

/** Where a run stands now, by its journal alone. @throws HeddleError `UNKNOWN_RUN` and what the store throws */
export async function standingNow(store: IJournalStore, runId: string): Promise<RunStanding> {
  const fold = await foldStanding(runId, undefined, async (folding) => {
    for await (const entry of readEntries(store, runId)) folding.add(entry)
  })
  return fold.standing()
}

/** The open waits of a run and of its child runs, with the ids by which the run lists them. */
export async function storedWaits(store: IJournalStore, run: RunStanding): Promise<OpenWait[]> {
  const waits = [...run.folded.waits.values()]
  for (const { runId, place, isLive } of run.children) {
    const child = isLive ? await standingOrNone(store, runId) : undefined
    const inside = child === undefined ? [] : await storedWaits(store, child)
    for (const wait of inside) waits.push(waitInParent(place, wait))
  }
  return waits
}

/** How the waits of a run and of its child runs ended that are over, by the ids by which the run listed them. */
async function endedWaits(store: IJournalStore, run: RunStanding): Promise<[string, 'answered' | 'expired'][]> {
  const ended = [...run.endedWaits]
  for (const { runId, place } of run.children) {
    const child = await standingOrNone(store, runId)
    const inside = child === undefined ? [] : await endedWaits(store, child)
    for (const [waitId, how] of inside) ended.push([idInParent(place, waitId), how])
  }
  return ended
}

/** A child run is begun after its parent has told of it. */
async function standingOrNone(store: IJournalStore, runId: string): Promise<RunStanding | undefined> {
  const isThere = (await store.readEntries(runId, 0, 1)) !== undefined
  return isThere ? standingNow(store, runId) : undefined
}

/**
 * The open wait of a run that is meant by a name or an id, by its journal: before anything of the run goes on.
 *
 * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, and what the store throws
 */
export async function findStoredWait(store: IJournalStore, runId: string, nameOrId: string): Promise<OpenWait> {
  const run = await standingNow(store, runId)
  const waits = await storedWaits(store, run)
  const byId = waits.find(({ waitId }) => waitId === nameOrId)
  const [found, ...others] = byId === undefined ? waits.filter(({ name }) => name === nameOrId) : [byId]
  const details = { runId, wait: nameOrId }
  if (found !== undefined && others.length === 0) return found
  if (found !== undefined) {
    const ids = [found, ...others].map(({ waitId }) => waitId)
    throw new HeddleError(
      'AMBIGUOUS_WAIT',
      `Run "${runId}" has ${ids.length} open waits "${nameOrId}"; name one of them by its id: ${ids.join(', ')}.`,
      { details: { ...details, waitIds: ids } },
    )
  }
  throw closed(run, waits, await endedWaits(store, run), nameOrId, details)
}

function closed(
  run: RunStanding,
  waits: readonly OpenWait[],
  ended: readonly (readonly [string, 'answered' | 'expired'])[],
  nameOrId: string,
  details: Readonly<Record<string, unknown>>,
): HeddleError {
  const how = ended.find(([id]) => id === nameOrId || id.startsWith(`${nameOrId}:`))?.[1]
  const open = waits.length === 0 ? 'None is open' : `Open are ${waits.map(({ waitId }) => `"${waitId}"`).join(', ')}`
  if (how === 'answered') {
    const message = `The wait "${nameOrId}" of run "${run.runId}" was answered before, and is answered once. ${open}.`
    return new HeddleError('WAIT_ANSWERED', message, { details })
  }
  if (how === 'expired') {
    const message = `The time of the wait "${nameOrId}" of run "${run.runId}" is up. ${open}.`
    return new HeddleError('WAIT_EXPIRED', message, { details })
  }
  const mend = run.status === 'running' ? '; without --wait, resume goes on with the run until it opens' : ''
  return new HeddleError('WAIT_NOT_OPEN', `Run "${run.runId}" has no open wait "${nameOrId}". ${open}${mend}.`, {
    details,
    retryable: true,
  })
}

import { HeddleError } from '../errors/heddle-error.ts'
import { nameOfWait } from '../model/wait-id.ts'
import type { WaitEnd } from './wait-book.ts'

/** A wait that a run lists, as far as it takes to find it. */
export interface ListedWait {
  readonly waitId: string
  readonly name: string
}

/**
 * Of the open waits of a run and its child runs the one with this id, or the only one with this name.
 *
 * @returns `undefined` if there is none
 * @throws HeddleError `AMBIGUOUS_WAIT`
 */
export function findWait<Wait extends ListedWait>(
  waits: readonly Wait[],
  nameOrId: string,
  runId: string,
): Wait | undefined {
  const byId = waits.find(({ waitId }) => waitId === nameOrId)
  if (byId !== undefined) return byId
  const named = waits.filter(({ name }) => name === nameOrId)
  if (named.length < 2) return named[0]
  const waitIds = named.map(({ waitId }) => waitId)
  throw new HeddleError(
    'AMBIGUOUS_WAIT',
    `run "${runId}" has ${named.length} open waits named "${nameOrId}"; resume one by its id: ${waitIds.join(', ')}`,
    { details: { runId, name: nameOrId, waitIds } },
  )
}

/** How a wait ended, by its id or else by its name; of several of that name the last one. */
export function findEnd(ended: ReadonlyMap<string, WaitEnd>, nameOrId: string): WaitEnd | undefined {
  return ended.get(nameOrId) ?? [...ended].findLast(([waitId]) => nameOfWait(waitId) === nameOrId)?.[1]
}

/** The error of an answer to a wait that is not open, by how it ended if it ever was. */
export function closedWait(nameOrId: string, runId: string, how: WaitEnd | undefined): HeddleError {
  const details = { runId, wait: nameOrId }
  if (how === 'answered') {
    return new HeddleError('WAIT_ANSWERED', `wait "${nameOrId}" of run "${runId}" was answered before`, { details })
  }
  if (how === 'expired') {
    return new HeddleError('WAIT_EXPIRED', `wait "${nameOrId}" of run "${runId}" has expired`, { details })
  }
  const message = `run "${runId}" has no open wait "${nameOrId}"; it may not have been reached yet`
  return new HeddleError('WAIT_NOT_OPEN', message, { details, retryable: true })
}

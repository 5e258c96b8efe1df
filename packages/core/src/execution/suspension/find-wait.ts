import { HeddleError } from '../../errors/heddle-error.ts'
import { nameOfWait } from '../../model/wait-id.ts'
import type { WaitEnd } from '../engine/wait-book.ts'

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

/** How a run ended that waits for nothing any more. */
export interface EndOfRun {
  readonly runId: string
  readonly status: 'completed' | 'failed' | 'cancelled' | 'compensating'
  /** What a failed run failed by, where that is known. */
  readonly error?: HeddleError | undefined
}

/**
 * The error of an answer to a wait that is not open, by how it ended if it ever was.
 *
 * @param end how the run ended whose wait it would be, if it has
 */
export function closedWait(nameOrId: string, runId: string, how: WaitEnd | undefined, end?: EndOfRun): HeddleError {
  const details = { runId, wait: nameOrId }
  if (how === 'answered') {
    return new HeddleError('WAIT_ANSWERED', `wait "${nameOrId}" of run "${runId}" was answered before`, { details })
  }
  if (how === 'expired') {
    return new HeddleError('WAIT_EXPIRED', `wait "${nameOrId}" of run "${runId}" has expired`, { details })
  }
  if (end !== undefined) return tooLate(nameOrId, end, details)
  const message = `run "${runId}" has no open wait "${nameOrId}"; it may not have been reached yet`
  return new HeddleError('WAIT_NOT_OPEN', message, { details, retryable: true })
}

/** The error of an answer to a run that has ended: it will never wait for it. */
function tooLate(
  nameOrId: string,
  { runId, status, error }: EndOfRun,
  asked: Readonly<Record<string, unknown>>,
): HeddleError {
  const what = status === 'compensating' ? 'has failed and undoes what it did' : `has ended as ${status}`
  const why = error === undefined ? '' : ` (${error.code}: ${error.message})`
  const message = `the answer to wait "${nameOrId}" comes too late: run "${runId}" ${what}${why}`
  const details = { ...asked, status, ...(error === undefined ? {} : { code: error.code }) }
  return new HeddleError('WAIT_NOT_OPEN', message, { details })
}

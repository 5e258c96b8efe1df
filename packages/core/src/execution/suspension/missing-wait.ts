import { HeddleError } from '../../errors/heddle-error.ts'
import type { WaitEnd } from '../engine/wait-book.ts'
import { closedWait, type EndOfRun } from './find-wait.ts'

/** What a run knows of a wait that it was asked for and that is not open. */
export interface KnownWait {
  readonly runId: string
  /** How it ended by its id, or the last one of its name. */
  readonly how: WaitEnd | undefined
  /** Whether it was asked for by its id. */
  readonly isById: boolean
  /** Whether it belongs to a round of which it is not known any more how its waits ended. */
  readonly isForgotten: boolean
  /** Whether a wait of the name may open again. */
  readonly mayOpen: boolean
  /** How the run ended, if it has. */
  readonly end: EndOfRun | undefined
}

/**
 * The error of an answer to a wait that is not open. One by id is told how that wait ended; one by name, as long as another wait may
 * open under that name, that it comes too early.
 */
export function missingWait(nameOrId: string, known: KnownWait): HeddleError {
  const { runId, how, isById, isForgotten, mayOpen, end } = known
  const details = { runId, wait: nameOrId }
  if (how !== undefined && mayOpen && !isById) {
    const told = how === 'answered' ? 'was answered' : 'has expired'
    const message = `run "${runId}" has no open wait "${nameOrId}": the last one of that name ${told}, and the next one is not open yet`
    return new HeddleError('WAIT_NOT_OPEN', message, { details: { ...details, last: how }, retryable: true })
  }
  if (how === undefined && end === undefined && isForgotten) {
    const message = `wait "${nameOrId}" of run "${runId}" belongs to an earlier round of its loop and is over; run.waits() lists the open ones`
    return new HeddleError('WAIT_NOT_OPEN', message, { details })
  }
  return closedWait(nameOrId, runId, how, end)
}

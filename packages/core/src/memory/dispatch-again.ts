import type { RunJob } from '../model/run-job.ts'
import type { AttemptRef, ReleaseReply } from '../ports/run-records.ts'
import { currentOf } from './claim-operations.ts'
import type { Dispatch, MemoryRun } from './memory-run.ts'

/** Gives a visit whose attempt came to nothing a new dispatch. */
export function dispatchAgain(
  run: MemoryRun,
  key: string,
  dispatch: Dispatch,
  reason: Pick<Dispatch, 'lost' | 'releasedBy'>,
  now: number,
): RunJob {
  const { visit, attempt, touches, resumption, queue, priority, startEntry } = dispatch
  const again = {
    visit,
    visitKey: key,
    attempt,
    delayMs: 0,
    touches,
    ...(resumption === undefined ? {} : { resumption }),
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
    ...(startEntry === undefined ? {} : { started: startEntry }),
  }
  run.write([{ fact: { type: 'node.ready', ...visit, attempt } }], now)
  return run.dispatch(again, now, reason)
}

/** Tells the run that a visit is not attempted again, though nobody knows what its attempts did. */
export function tellLost(run: MemoryRun, key: string, dispatch: Dispatch, lost: number, now: number): void {
  const { visit, attempt, touches } = dispatch
  dispatch.delivered = lostEvent(key, dispatch.dispatch)
  run.append({ id: dispatch.delivered, touches, type: 'lost', visit, attempt, lost }, now)
}

function lostEvent(key: string, dispatch: number): string {
  return `lost/${key}/${dispatch}`
}

/** `IRunRecords.release` on one run. */
export function release(run: MemoryRun, attempt: AttemptRef, now: number): ReleaseReply {
  const { visitKey: key, token } = attempt
  const found = run.dispatches.get(key)
  if (found === undefined || !run.isLive) return { status: 'stale' }
  const toldLost = lostEvent(key, attempt.dispatch)
  // The command comes again, because its reply was lost.
  if (found.releasedBy === token && found.token === undefined) {
    return { status: 'released', job: run.jobOf(key, found, now) }
  }
  if (found.token === token && found.delivered === toldLost) return { status: 'released', job: run.wakeJob(toldLost) }
  const current = currentOf(run, attempt)
  if (current === undefined) return { status: 'stale' }
  if (current.isLast === true) {
    run.due.delete(`d:${key}`)
    tellLost(run, key, current, current.lost + 1, now)
    return { status: 'released', job: run.wakeJob(toldLost) }
  }
  const lost = current.hasRecorded === true ? 0 : current.lost
  return { status: 'released', job: dispatchAgain(run, key, current, { lost, releasedBy: token }, now) }
}

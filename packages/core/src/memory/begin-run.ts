import type { RunJob } from '../model/run-job.ts'
import type { StartReply, StartRequest } from '../ports/run-records.ts'
import type { MemoryRun } from './memory-run.ts'

/** `IRunRecords.start` of a run that was just made: writes what it begins with. */
export function begin(run: MemoryRun, request: StartRequest, now: number): StartReply {
  const { input, journal, deadlineMs, beginning, incarnation } = request
  run.values.set('input', input)
  run.write(journal, now)
  if (deadlineMs !== undefined) run.due.set('deadline', now + deadlineMs)
  if (beginning === undefined) {
    run.append({ id: 'begin', touches: [], type: 'begin' }, now)
    return { status: 'started', incarnation, jobs: [run.wakeJob('begin')] }
  }
  run.revision = 1
  run.writtenBy = beginning.nonce
  for (const [name, cell] of Object.entries(beginning.cells)) run.writeCell(name, cell)
  run.write(beginning.journal, now)
  return { status: 'started', incarnation, jobs: beginning.dispatches.map((dispatch) => run.dispatch(dispatch, now)) }
}

/** `IRunRecords.start` of a run that is there. */
export function meet(run: MemoryRun, request: StartRequest): StartReply {
  const { definitionHash, input, incarnation } = run.start
  if (definitionHash !== request.definitionHash) return { status: 'conflict', what: 'definition' }
  if (input !== request.input) return { status: 'conflict', what: 'input' }
  const isOwn = incarnation === request.incarnation
  return { status: 'existing', incarnation, jobs: isOwn ? firstJobs(run) : [run.wakeJob('begin')] }
}

function firstJobs(run: MemoryRun): readonly RunJob[] {
  const { start, startedAt } = run
  if (start.beginning === undefined) return [run.wakeJob('begin')]
  return start.beginning.dispatches.map(({ started: _entry, ...first }, at) => {
    const dispatch = { ...first, dispatch: at + 1, notBefore: startedAt + first.delayMs, lost: 0, resendMs: 0 }
    return run.jobOf(first.visitKey, dispatch, startedAt)
  })
}

import { HeddleError } from '../../errors/heddle-error.ts'
import { CompensationVisit, nameVisit } from '../../kernel/visit.ts'
import { visitKey } from '../../model/visit.ts'
import type { InterruptedAttempt } from '../../traversal/live-visits.ts'
import type { Pending, RunSnapshot } from '../../traversal/run-snapshot.ts'
import type { InProcessRun } from './in-process-run.ts'
import { pinnedHash } from '../engine/pinned-hash.ts'

/** The run as plain data. Attempts under way are made again by whoever restores it. */
export function snapshotRun(run: InProcessRun): RunSnapshot {
  run.begin()
  const { traverser, state, inFlight, suspensions, publisher } = run
  const ready = traverser.getReadyNodes().map(({ visit }) => visit)
  const again = [...inFlight.visits(), ...ready].map((visit) => ({
    visit,
    state: { type: 'ready', ...(visit.resumption === undefined ? {} : { resumption: visit.resumption }) } as const,
    calls: suspensions?.keptCalls(visit),
  }))
  traverser.returnReadyNodes()
  const { deadlineMs, parentRunId, depth } = run.options
  const limits = { deadlineMs, startedAt: run.watch.startedAt, parentRunId, depth }
  const endedWaits = suspensions?.keptEnds ?? state.endedWaits
  const pending = [...again, ...(suspensions?.pendingVisits() ?? [])]
  const definitionHash = pinnedHash(run.engine, run.graph.blueprint)
  return state.snapshot(pending, publisher.seq, { definitionHash, limits, endedWaits })
}

/** When what a visit waits for is due; first comes what is ready. */
function dueOf({ state, calls }: Pending): number {
  if (state.type === 'ready') return -Infinity
  const ofCalls = (calls?.open ?? []).map(([, { due = Infinity }]) => due)
  return Math.min(state.due ?? Infinity, ...ofCalls)
}

/** Goes on with the live visits of a run that was restored. Timers that were missed fire in the order in which they were due. */
export function restorePending(run: InProcessRun): void {
  const pending = run.state.takePending().toSorted((one, other) => {
    const [due, later] = [dueOf(one), dueOf(other)]
    return due === later ? 0 : due - later
  })
  for (const { visit, state, calls } of pending) {
    if (calls !== undefined) run.waiting.restoreCalls(visit, calls)
    if (state.type === 'suspended') run.waiting.restore(visit, state.on, state)
    else if (state.type === 'retry') run.dispatchAt(visit, state.due)
    else if (run.control.run.phase === 'compensating' && !(visit instanceof CompensationVisit)) {
      // It was awaited, and nobody knows what its attempt did: what is to be undone is not attempted again.
      run.dropLost(visit, 0)
    } else {
      visit.resumption = state.resumption
      run.control.ready.push(visit)
    }
  }
}

/**
 * Attempts the visits again whose attempts were under way when their process ended. That does not count as a retry, but a visit that
 * ends its process each time must not do so for ever.
 */
export function attemptInterrupted(
  run: InProcessRun,
  interrupted: readonly InterruptedAttempt[],
  maxLostAttempts: number,
): void {
  for (const { visit, lost, calls } of interrupted) {
    if (calls !== undefined) run.waiting.restoreCalls(visit, calls)
    if (lost < maxLostAttempts) {
      run.dropLost(visit, lost + 1)
      continue
    }
    const { runId } = run
    const key = visitKey(nameVisit(run.graph, visit))
    const error = new HeddleError(
      'ATTEMPT_LOST',
      `${lost + 1} attempts of visit "${key}" were lost with the process that made them; its handler may end the process`,
      { details: { runId, visit: key, lost: lost + 1 } },
    )
    run.state.underWay++
    run.settle(visit, { status: 'failed', error })
  }
}

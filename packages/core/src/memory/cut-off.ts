import type { RunMessage } from '../model/run-message.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { hasLost } from './claim-operations.ts'
import type { MemoryRun } from './memory-run.ts'

/**
 * Ends the dispatches of visits that were cut off, and what they wait for: waits, timers and child runs.
 *
 * @returns messages that cancel child runs; one that would have started such a child is no longer sent
 */
export function cutOffVisits(run: MemoryRun, keys: readonly string[], now: number): RunMessage[] {
  if (keys.length === 0) return []
  const isCutOff = new Set(keys)
  for (const key of keys) {
    const dispatch = run.dispatches.get(key)
    if (dispatch !== undefined && (dispatch.token !== undefined || hasLost(dispatch))) {
      run.cutOff.set(key, dispatch.visit)
    }
    run.drop(key)
  }
  cancelTimers(run, (key) => isCutOff.has(key), now)
  cancelWaits(run, (key) => isCutOff.has(key), now)
  return cancelChildren(run, isCutOff, now)
}

/** Takes back what nobody has claimed, since the run stops; what is claimed is attempted for the last time. */
export function recallVisits(run: MemoryRun, keys: readonly string[], now: number): void {
  const unstarted: VisitName[] = []
  const lost: VisitName[] = []
  const touches = new Set<string>()
  for (const key of keys) {
    const dispatch = run.dispatches.get(key)
    if (dispatch === undefined) continue
    if (dispatch.token !== undefined) {
      dispatch.isLast = true
      continue
    }
    unstarted.push(dispatch.visit)
    if (hasLost(dispatch)) lost.push(dispatch.visit)
    for (const name of dispatch.touches) touches.add(name)
    run.drop(key)
  }
  const event = { id: 'recalled', touches: [...touches], unstarted, lost, cutOff: [...run.cutOff.values()] }
  run.append({ ...event, type: 'recalled' }, now)
}

/** Ends the timers of some visits. */
export function cancelTimers(run: MemoryRun, isOver: (visitKey: string) => boolean, now: number): void {
  for (const [id, { visit, name, call, isUntold = false }] of run.timers) {
    if (!isOver(visitKey(visit))) continue
    run.timers.delete(id)
    run.due.delete(`t:${id}`)
    const fact = { type: 'timer.cancelled', ...visit, name, ...(call === undefined ? {} : { call }) }
    if (!isUntold) run.write([{ fact }], now)
  }
}

/** Ends the open waits of some visits. */
export function cancelWaits(run: MemoryRun, isOver: (visitKey: string) => boolean, now: number): void {
  for (const stored of run.waits.values()) {
    const { deadline: _deadline, ...wait } = stored.wait
    if (stored.status !== 'open' || !isOver(visitKey(wait))) continue
    stored.status = 'cancelled'
    run.due.delete(`w:${wait.waitId}`)
    const call = stored.call === undefined ? {} : { call: stored.call }
    run.write([{ fact: { type: 'wait.cancelled', ...wait, ...call } }], now)
  }
}

function cancelChildren(run: MemoryRun, isCutOff: ReadonlySet<string>, now: number): RunMessage[] {
  const messages: RunMessage[] = []
  for (const [childRunId, child] of run.children) {
    if (child.hasSettled || !isCutOff.has(visitKey(child.visit))) continue
    child.hasSettled = true
    const start = `start/${childRunId}`
    run.messages.delete(start)
    run.due.delete(`m:${start}`)
    messages.push({ id: `cancel/${childRunId}`, type: 'cancel-child', childRunId })
  }
  for (const message of messages) run.send(message, now)
  return messages
}

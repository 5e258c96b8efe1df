import { toErrorData } from '../model/error-data.ts'
import type { Outcome, Suspension, ToleratedFailures } from '../model/outcome.ts'
import type { Control } from './control.ts'
import { retryVisit } from './failure.ts'
import type { Items } from './frame.ts'
import { keptInput, noteDone, noteFailedAttempt, noteUnknown } from './note-undo.ts'
import { isLive, visitCode } from './status-codes.ts'
import { nameVisit, Visit } from './visit.ts'

/** A share of so many items is a whole number: 0.29 of 100 is 29, not the 28.999999999999996 of binary fractions. */
const roundingOfShares = 1e-6

/** How many of `count` items may fail: the larger of the tolerated count and share; none by default. */
function toleratedCount(count: number, tolerated: ToleratedFailures | undefined): number {
  return Math.max(tolerated?.count ?? 0, Math.floor((tolerated?.share ?? 0) * count + roundingOfShares))
}

/** Opens the items of a map visit and dispatches as many as may be under way at once; a map over nothing is done at once. */
export function openItems(control: Control, visit: Visit, on: Suspension & { readonly type: 'items' }): void {
  const count = on.items.length
  const items = visit.frame.openItems(
    visit.itemsKey,
    count,
    on.concurrency ?? Infinity,
    toleratedCount(count, on.tolerated),
  )
  control.facts?.push({ type: 'map.opened', ...nameVisit(control.graph, visit), count })
  if (count === 0) resumeMap(control, visit, items)
  else dispatchItems(control, visit, items)
}

function dispatchItems(control: Control, { node, frame, insteadOf }: Visit, items: Items): void {
  while (items.next < items.count && items.next - items.settled < items.concurrency) {
    const item = items.next++
    items.setStatus(item, visitCode.ready)
    const visit = new Visit(node, frame, item, insteadOf)
    control.facts?.push({ type: 'node.ready', ...nameVisit(control.graph, visit), attempt: 1 })
    control.dispatch(visit)
  }
}

/** Settles one item: the next one starts, or the map goes on because all are settled or too many failed. */
export function settleItem(control: Control, visit: Visit, outcome: Outcome, random: number): void {
  const { frame, node, item, insteadOf } = visit
  const items = frame.items(visit.itemsKey)
  if (items === undefined) return
  if (outcome.status === 'failed') {
    if (retryVisit(control, visit, outcome.error, random)) {
      items.setStatus(item, visitCode.ready)
      return
    }
    items.failed++
    noteFailedAttempt(control, visit, outcome.error)
  } else if (outcome.status === 'completed') noteDone(control, visit, outcome)
  items.setStatus(item, outcome.status === 'failed' ? visitCode.failed : visitCode.completed)
  items.settled++
  if (control.facts !== undefined) noteItem(control, visit, outcome)
  const map = new Visit(node, frame, -1, insteadOf)
  if (items.failed > items.tolerated) {
    const aborted = cutOffItems(control, map, items)
    if (aborted.length > 0) control.effects.push({ type: 'abort', visits: aborted })
    resumeMap(control, map, items)
  } else if (items.settled === items.count) resumeMap(control, map, items)
  else dispatchItems(control, map, items)
}

/** Writes the facts about an item that settled. */
export function noteItem(control: Control, visit: Visit, outcome: Outcome): void {
  const name = nameVisit(control.graph, visit)
  if (outcome.status === 'completed') {
    for (const { key, value, replace } of outcome.writes ?? []) {
      control.facts?.push({ type: 'context.changed', ...name, key, value, ...(replace === true ? { replace } : {}) })
    }
    control.facts?.push({
      type: 'node.completed',
      ...name,
      output: outcome.output,
      ...keptInput(control, visit, outcome),
    })
  } else if (outcome.status === 'failed') {
    control.facts?.push({ type: 'node.failed', ...name, error: toErrorData(outcome.error), attempt: visit.attempt })
  }
  control.facts?.push({ type: 'map.item', ...name, status: outcome.status === 'failed' ? 'failed' : 'completed' })
}

/** Cuts off the items under way and those that never started; answers the former. */
export function cutOffItems(control: Control, map: Visit, items: Items): Visit[] {
  const aborted: Visit[] = []
  for (let item = 0; item < items.next; item++) {
    const status = items.status(item)
    if (!isLive(status)) continue
    items.setStatus(item, visitCode.cancelled)
    const visit = new Visit(map.node, map.frame, item, map.insteadOf)
    if (status !== visitCode.ready) noteUnknown(control, visit)
    aborted.push(visit)
    const name = nameVisit(control.graph, visit)
    control.facts?.push({ type: 'node.cancelled', ...name }, { type: 'map.item', ...name, status: 'cancelled' })
  }
  items.next = items.count
  return aborted
}

/** Dispatches the map visit once more, to gather the outputs of its items or to fail. */
function resumeMap(control: Control, map: Visit, items: Items): void {
  if (map.insteadOf === -1) map.frame.setStatus(map.node, visitCode.ready)
  else map.frame.setFallbackStatus(map.insteadOf, visitCode.ready)
  control.facts?.push({ type: 'node.ready', ...nameVisit(control.graph, map), attempt: 1 })
  control.resume(map, {
    type: 'items-settled',
    tolerated: items.failed <= items.tolerated,
    failedItems: items.failed,
  })
}

import type { HeddleError } from '../errors/heddle-error.ts'
import { callsCellName } from '../kernel/cell-names.ts'
import { decide } from '../kernel/decide.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { CallsCell, StoredCallTarget, StoredOpenCall, StoredSettledCall } from '../model/cell.ts'
import type { SingleSuspension } from '../model/outcome.ts'
import type { InboxEvent, StoredResumption } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import { invokeTimeout, type CallsSuspension } from '../traversal/visit-calls.ts'
import { collectFacts, type Decided } from './decided.ts'
import { openSuspension, timeoutTimerId } from './open-suspension.ts'
import { serializeError } from './stored-outcome.ts'
import { childResultValue } from './value-names.ts'

/** The end of something that a durable call waits for. */
type SettledEvent = InboxEvent & { readonly type: 'resumed' }

/** What an attempt leaves behind that the next one does again. */
const failures: ReadonlySet<StoredResumption['type']> = new Set(['timed-out', 'child-failed', 'child-refused'])

/** A copy of the cell of a visit's calls that may be changed. @throws MissingCells */
function callsOf({ view }: Decided, visit: VisitName): Required<Pick<CallsCell, 'open' | 'settled'>> & CallsCell {
  const cell = view.cells.write<CallsCell>(callsCellName(visit), {})
  cell.open = { ...cell.open }
  cell.settled = { ...cell.settled }
  return cell as ReturnType<typeof callsOf>
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))
}

/** Puts what a call came to behind those that settled before: the keys of a record are in no order. */
function putSettled(cell: ReturnType<typeof callsOf>, call: string, settled: StoredSettledCall): void {
  const places = Object.values(cell.settled).map(({ place = 0 }) => place + 1)
  const place = places.reduce((most, one) => Math.max(most, one), 0)
  cell.settled = { ...cell.settled, [call]: { ...settled, ...(place === 0 ? {} : { place }) } }
}

/** Opens the calls that a handler waits for; if one of them has settled already, the visit goes on at once. */
export function suspendCalls(decided: Decided, visit: Visit, { calls, answered, activeMs }: CallsSuspension): void {
  const { control } = decided
  const name = nameVisit(control.graph, visit)
  const cell = callsOf(decided, name)
  if (activeMs !== undefined) cell.activeMs = activeMs
  if (answered !== undefined) cell.answered = [...answeredWithout(cell, new Set(answered)), ...answered]
  for (const { call, on } of calls) {
    if (Object.hasOwn(cell.settled, call) || Object.hasOwn(cell.open, call)) continue
    const opened = openSuspension(decided, { visit, call }, on)
    const target = targetOf(on)
    if ('refused' in opened) putSettled(cell, call, { on: target, resumption: opened.refused })
    else cell.open = { ...cell.open, [call]: { on: target, id: opened.id, attempt: visit.attempt } }
  }
  const { settled } = cell
  if (calls.some(({ call }) => Object.hasOwn(settled, call))) {
    decide(control, { type: 'resumed', visit, resumption: { type: 'calls-settled' } })
  }
}

function answeredWithout({ answered = [] }: CallsCell, calls: ReadonlySet<string>): readonly string[] {
  return answered.filter((call) => !calls.has(call))
}

function targetOf(on: SingleSuspension): StoredCallTarget {
  const { type, name } = on
  return {
    type,
    name,
    ...(on.type === 'child' ? { blueprintId: on.blueprintId } : {}),
    ...(on.type === 'timer' || on.timeoutMs === undefined ? {} : { timeoutMs: on.timeoutMs }),
  }
}

/** What a target of a call is like as a suspension; its values are elsewhere. */
export function suspensionOf({ type, name, blueprintId = '', timeoutMs }: StoredCallTarget): SingleSuspension {
  const limit = timeoutMs === undefined ? {} : { timeoutMs }
  if (type === 'timer') return { type, name, delayMs: 0 }
  return type === 'wait' ? { type, name, ...limit } : { type, name, blueprintId, input: undefined, ...limit }
}

/**
 * Records what an open call came to.
 *
 * @param call its name and occurrence
 * @returns the resumption that was recorded; `undefined` if the call was not open, or was opened by another attempt
 */
export function settleCall(decided: Decided, event: SettledEvent, call: string): StoredResumption | undefined {
  const { view, draft } = decided
  const known = view.cells.read<CallsCell>(callsCellName(event.visit))?.open
  const open = known !== undefined && Object.hasOwn(known, call) ? known[call] : undefined
  if (open === undefined || open.attempt !== event.attempt) return undefined
  const cell = callsOf(decided, event.visit)
  const isTimeout = open.on.type === 'child' && event.source.type === 'timer'
  if (open.on.type === 'child') draft.endedTimers.push(timeoutTimerId(open.id))
  if (isTimeout) cancelChild(decided, open.id)
  const resumption = isTimeout ? timeOutChild(decided, event.visit, call, open) : uncheckedBy(event.resumption, open)
  cell.open = without(cell.open, call)
  putSettled(cell, call, { on: open.on, resumption })
  return resumption
}

/** No schema of a handler is known where its waits are answered. */
function uncheckedBy(resumption: StoredResumption, { on }: StoredOpenCall): StoredResumption {
  return on.type === 'wait' && resumption.type === 'answered' ? { ...resumption, unchecked: true } : resumption
}

function timeOutChild(
  { view, draft }: Decided,
  visit: VisitName,
  call: string,
  open: StoredOpenCall,
): StoredResumption {
  const error: HeddleError = invokeTimeout(suspensionOf(open.on), call, visit.nodeId)
  const value = `${childResultValue(open.id)}/timeout`
  draft.values[value] = serializeError(view.definition.engine.serializer, error)
  return { type: 'child-refused', value }
}

function cancelChild({ draft }: Decided, childRunId: string): void {
  draft.endedChildren.push(childRunId)
  draft.messages.push({ id: `cancel/${childRunId}`, type: 'cancel-child', childRunId })
}

/**
 * Ends the open calls of a visit that has settled, or whose next attempt follows: what succeeded is kept then.
 *
 * @throws MissingCells
 */
export function endCalls(decided: Decided, visit: VisitName, isRetried: boolean): void {
  const { view } = decided
  const known = view.cells.read<CallsCell>(callsCellName(visit))
  if (known === undefined) return
  collectFacts(decided)
  for (const [call, open] of Object.entries(known.open ?? {})) endCall(decided, visit, call, open)
  const cell = callsOf(decided, visit)
  cell.open = {}
  const kept = Object.entries(cell.settled).filter(([, { resumption }]) => isRetried && !failures.has(resumption.type))
  const forgotten = new Set(Object.keys(cell.settled))
  cell.settled = Object.fromEntries(kept)
  for (const [call] of kept) forgotten.delete(call)
  if (cell.answered !== undefined) cell.answered = isRetried ? answeredWithout(cell, forgotten) : []
  delete cell.activeMs
}

function endCall(decided: Decided, visit: VisitName, call: string, { on, id }: StoredOpenCall): void {
  const { draft } = decided
  if (on.type === 'timer') {
    draft.endedTimers.push(id)
    draft.journal.push({ fact: { type: 'timer.cancelled', ...visit, call, name: on.name } })
  } else if (on.type === 'wait') {
    draft.endedWaits.push(id)
    draft.journal.push({ fact: { type: 'wait.cancelled', ...visit, call, waitId: id, name: on.name } })
  } else {
    draft.endedTimers.push(timeoutTimerId(id))
    cancelChild(decided, id)
    draft.journal.push({ fact: { type: 'child.settled', ...visit, call, childRunId: id, status: 'cancelled' } })
  }
}

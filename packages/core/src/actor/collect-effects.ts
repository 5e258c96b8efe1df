import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { callsCellName } from '../kernel/cell-names.ts'
import { MissingCells } from '../kernel/cell-overlay.ts'
import type { Control } from '../kernel/control.ts'
import { decide } from '../kernel/decide.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { Suspension } from '../model/outcome.ts'
import type { StoredResumption } from '../model/stored-event.ts'
import { visitKey } from '../model/visit.ts'
import type { NewDispatch } from '../ports/turn-store.ts'
import { endCalls, suspendCalls } from './call-cells.ts'
import { collectFacts, type Decided } from './decided.ts'
import { cellsOfVisit } from './locate-visit.ts'
import { openSuspension, type RefusedChild } from './open-suspension.ts'
import { packResumption, serializeError } from './stored-outcome.ts'

/** The dispatch of a visit, as a commit asks for it. */
export function dispatchOf(
  graph: CompiledGraph,
  visit: Visit,
  delayMs: number,
  resumption: StoredResumption | undefined,
): NewDispatch {
  const name = nameVisit(graph, visit)
  const { queue, priority } = graph.nodes[visit.node]?.config ?? {}
  return {
    visit: name,
    visitKey: visitKey(name),
    attempt: visit.attempt,
    delayMs,
    ...(resumption === undefined ? {} : { resumption }),
    touches: cellsOfVisit(graph, visit),
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
  }
}

/** Turns what the kernel wants done into records of the draft; answers how the run ended, if it did. */
export function collectEffects(decided: Decided): 'completed' | 'failed' | 'cancelled' | undefined {
  const { view, control, draft } = decided
  const { serializer } = view.definition.engine
  collectFacts(decided)
  let ended: ReturnType<typeof collectEffects>
  // Starting a child that cannot be started goes on at once, and may add effects: the list grows while it is read.
  for (let at = 0; at < control.effects.length; at++) {
    const effect = control.effects[at] as Control['effects'][number]
    if (effect.type === 'dispatch') draft.dispatch(dispatchLater(decided, effect.visit, effect.delayMs))
    else if (effect.type === 'suspend') suspend(decided, effect.visit, effect.on)
    else if (effect.type === 'abort') {
      cutOff(decided, effect.visits)
    } else if (effect.type === 'settle') ended = effect.status
  }
  for (const visit of control.ready.list()) draft.dispatch(dispatchLater(decided, visit, 0))
  collectFacts(decided)
  for (const error of control.failures) draft.failures.push(serializeError(serializer, error))
  const known = view.graph.expansions.length
  for (const expansion of control.graph.expansions.slice(known)) draft.expansions.push(serializer.serialize(expansion))
  return ended
}

/** These visits were cut off: nothing more of them happens. */
function cutOff(decided: Decided, visits: readonly Visit[]): void {
  const { control, draft, view } = decided
  const names = visits.map((visit) => nameVisit(control.graph, visit))
  const missing = names.map(callsCellName).filter((name) => !view.cells.has(name))
  if (missing.length > 0) throw new MissingCells(missing)
  for (const name of names) {
    draft.drop(visitKey(name))
    endCalls(decided, name, false)
  }
}

function dispatchLater({ control, resumed }: Decided, visit: Visit, delayMs: number): NewDispatch {
  const { resumption } = visit
  const stored =
    resumption === undefined ? undefined : resumption === resumed?.given ? resumed.stored : packResumption(resumption)
  return dispatchOf(control.graph, visit, delayMs, stored)
}

function suspend(decided: Decided, visit: Visit, on: Suspension): void {
  if (on.type === 'calls') suspendCalls(decided, visit, on)
  else if (on.type !== 'items') {
    const opened = openSuspension(decided, { visit }, on)
    if ('refused' in opened) goOnRefused(decided, visit, opened)
  }
}

/** A child that cannot be started: the visit goes on at once, with the reason. */
function goOnRefused(decided: Decided, visit: Visit, { refused, resumption }: RefusedChild): void {
  const { control, draft } = decided
  if (!decide(control, { type: 'resumed', visit, resumption })) return
  const taken = control.ready.pop()
  if (taken !== undefined) draft.dispatch(dispatchOf(control.graph, taken, 0, refused))
}

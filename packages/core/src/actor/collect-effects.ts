import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { Control } from '../kernel/control.ts'
import { decide } from '../kernel/decide.ts'
import { undoStarted } from '../kernel/undo-visit.ts'
import { CompensationVisit, nameVisit, type Visit } from '../kernel/visit.ts'
import type { Suspension } from '../model/outcome.ts'
import type { StoredResumption } from '../model/stored-event.ts'
import { visitKey } from '../model/visit.ts'
import type { NewDispatch } from '../ports/new-dispatch.ts'
import { suspendCalls } from './call-cells.ts'
import { collectFacts, type Decided } from './decided.ts'
import { cellsOfVisit } from './locate-visit.ts'
import { openSuspension, type RefusedChild } from './open-suspension.ts'
import { packResumption, serializeError } from './stored-outcome.ts'
import { failureValue } from './value-names.ts'

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
      for (const visit of effect.visits) draft.cutOffVisit(visitKey(nameVisit(control.graph, visit)))
    } else if (effect.type === 'recall') recall(decided, effect.visits)
    else if (effect.type === 'settle') ended = effect.status
  }
  for (const visit of control.ready.list()) draft.dispatch(dispatchLater(decided, visit, 0))
  collectFacts(decided)
  for (const error of control.failures) draft.failures.push(serializeError(serializer, error))
  const known = view.graph.expansions.length
  for (const expansion of control.graph.expansions.slice(known)) draft.expansions.push(serializer.serialize(expansion))
  return ended
}

/** The run stops in order to be compensated: what undoes its visits will be given the error that ended it. */
function recall({ control, draft, view }: Decided, visits: readonly Visit[]): void {
  draft.recall = visits.map((visit) => visitKey(nameVisit(control.graph, visit)))
  draft.values[failureValue] = serializeError(view.definition.engine.serializer, control.failures[0])
}

function dispatchLater(decided: Decided, visit: Visit, delayMs: number): NewDispatch {
  const { control, resumed } = decided
  const { resumption } = visit
  const stored =
    resumption === undefined ? undefined : resumption === resumed?.given ? resumed.stored : packResumption(resumption)
  const dispatch = dispatchOf(control.graph, visit, delayMs, stored)
  if (!(visit instanceof CompensationVisit)) return dispatch
  return { ...dispatch, started: { fact: { ...undoStarted(control, visit) } } }
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

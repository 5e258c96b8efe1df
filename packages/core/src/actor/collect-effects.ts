import { HeddleError } from '../errors/heddle-error.ts'
import { sha256 } from '../graph/sha-256.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { Control } from '../kernel/control.ts'
import { decide } from '../kernel/decide.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { Resumption, Suspension } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { ParentLink } from '../model/run-message.ts'
import type { StoredResumption } from '../model/stored-event.ts'
import { visitKey } from '../model/visit.ts'
import { waitIdOf } from '../execution/wait-book.ts'
import type { NewDispatch } from '../ports/turn-store.ts'
import { cellsOfVisit } from './locate-visit.ts'
import { toEntry } from './stored-fact.ts'
import { packResumption, serializeError } from './stored-outcome.ts'
import type { TurnDraft } from './turn-draft.ts'
import type { TurnView } from './turn-view.ts'
import { childInputValue, childResultValue } from './value-names.ts'

/** What the kernel left behind after an event. */
export interface Decided {
  readonly view: TurnView
  readonly control: Control
  readonly draft: TurnDraft
  readonly resumed: { readonly given: Resumption; readonly stored: StoredResumption } | undefined
}

/** The id of a child run: the same for a re-dispatch of the parent's visit, another one for a retry. */
function childRunIdOf(incarnation: string, visit: string, attempt: number, name: string): string {
  return sha256(new TextEncoder().encode(JSON.stringify([incarnation, visit, attempt, name]))).slice(0, 32)
}

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
      for (const visit of effect.visits) draft.drop(visitKey(nameVisit(control.graph, visit)))
    } else if (effect.type === 'settle') ended = effect.status
  }
  for (const visit of control.ready.list()) draft.dispatch(dispatchLater(decided, visit, 0))
  collectFacts(decided)
  for (const error of control.failures) draft.failures.push(serializeError(serializer, error))
  const known = view.graph.expansions.length
  for (const expansion of control.graph.expansions.slice(known)) draft.expansions.push(serializer.serialize(expansion))
  return ended
}

function collectFacts({ control, draft, view }: Decided): void {
  for (const fact of control.facts?.splice(0) ?? []) {
    draft.journal.push(toEntry(view.definition.engine.serializer, fact))
  }
}

function dispatchLater({ control, resumed }: Decided, visit: Visit, delayMs: number): NewDispatch {
  const { resumption } = visit
  const stored =
    resumption === undefined ? undefined : resumption === resumed?.given ? resumed.stored : packResumption(resumption)
  return dispatchOf(control.graph, visit, delayMs, stored)
}

function suspend(decided: Decided, visit: Visit, on: Suspension): void {
  const { control, draft } = decided
  const name = nameVisit(control.graph, visit)
  const touches = cellsOfVisit(control.graph, visit)
  const { attempt } = visit
  if (on.type === 'timer') {
    draft.timers.push({
      id: waitIdOf(on.name, name),
      name: on.name,
      visit: name,
      attempt,
      delayMs: on.delayMs,
      touches,
    })
    tell(decided, { type: 'timer.set', ...name, name: on.name, delayMs: on.delayMs })
  } else if (on.type === 'wait') {
    const waitId = waitIdOf(on.name, name)
    const { timeoutMs } = on
    draft.waits.push({
      wait: { waitId, name: on.name, ...name },
      attempt,
      touches,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    tell(decided, { type: 'wait.opened', ...name, waitId, name: on.name })
  } else if (on.type === 'child') startChild(decided, visit, on)
}

function tell({ draft, view }: Decided, fact: RunFact): void {
  draft.journal.push(toEntry(view.definition.engine.serializer, fact))
}

function startChild(decided: Decided, visit: Visit, on: Extract<Suspension, { type: 'child' }>): void {
  const { view, control, draft } = decided
  const { run, definition } = view
  const name = nameVisit(control.graph, visit)
  const { attempt } = visit
  const { blueprintId } = on
  const childRunId = childRunIdOf(run.incarnation, visitKey(name), attempt, on.name)
  const child = definition.child(blueprintId)
  if (child === undefined) {
    refuseChild(decided, visit, blueprintId, childRunId)
    return
  }
  const parent: ParentLink = {
    ...run,
    definitionHash: definition.key,
    visit: name,
    attempt,
    touches: cellsOfVisit(control.graph, visit),
  }
  draft.children.push({ childRunId, visit: name })
  draft.messages.push({
    id: `start/${childRunId}`,
    type: 'start-child',
    childRunId,
    blueprintId,
    definitionHash: child.key,
    inputValue: childInputValue(name),
    parent,
  })
  tell(decided, { type: 'child.started', ...name, childRunId, blueprintId })
}

/** Nobody has the workflow that a subflow names: the visit goes on at once, with that as its child's failure. */
function refuseChild(decided: Decided, visit: Visit, blueprintId: string, childRunId: string): void {
  const { view, control, draft } = decided
  const value = childResultValue(childRunId)
  const error = new HeddleError(
    'UNKNOWN_BLUEPRINT',
    `no workflow is registered under "${blueprintId}"; add it to the worker's workflows`,
    {
      details: { blueprintId },
    },
  )
  draft.values[value] = view.definition.engine.serializer.serialize(error)
  const resumption: Resumption = { type: 'child-failed', error }
  if (!decide(control, { type: 'resumed', visit, resumption })) return
  const taken = control.ready.pop()
  if (taken !== undefined) draft.dispatch(dispatchOf(control.graph, taken, 0, { type: 'child-failed', value }))
}

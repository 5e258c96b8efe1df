import { HeddleError } from '../errors/heddle-error.ts'
import { depthError } from '../execution/engine/subflow-depth.ts'
import { nameWaiter, type Waiter } from '../execution/suspension/waiter.ts'
import { sha256 } from '../graph/sha-256.ts'
import { callsCellName, itemsCellName } from '../kernel/cell-names.ts'
import { nameVisit } from '../kernel/visit.ts'
import type { Resumption, SingleSuspension } from '../model/outcome.ts'
import type { ParentLink } from '../model/run-message.ts'
import type { StoredResumption } from '../model/stored-event.ts'
import { visitKey } from '../model/visit.ts'
import { waitIdFor, waitIdOf } from '../model/wait-id.ts'
import { tellFact, type Decided } from './decided.ts'
import { cellsOfVisit } from './locate-visit.ts'
import { callInputValue, childInputValue, childResultValue } from './value-names.ts'

type Of<T extends SingleSuspension['type']> = Extract<SingleSuspension, { readonly type: T }>

/** A child run that cannot be started: who waits for it goes on with the reason. */
export interface RefusedChild {
  readonly refused: StoredResumption
  readonly resumption: Extract<Resumption, { readonly type: 'child-failed' | 'child-refused' }>
}

/** What was opened: the id of the wait, the timer or the child run. */
export type OpenedSuspension = { readonly id: string } | RefusedChild

/** Adds to a commit what a visit, or a durable call of its handler, waits for. */
export function openSuspension(decided: Decided, waiter: Waiter, on: SingleSuspension): OpenedSuspension {
  if (on.type === 'timer') return openTimer(decided, waiter, on)
  return on.type === 'wait' ? openWait(decided, waiter, on) : startChild(decided, waiter, on)
}

/** Names of the cells that the end of a suspension touches. */
function touchesOf({ control }: Decided, { visit, call }: Waiter): string[] {
  const { graph } = control
  const names = cellsOfVisit(graph, visit)
  if (call === undefined) return names
  names.push(callsCellName(nameVisit(graph, visit)))
  if (visit.item !== -1) names.push(itemsCellName(graph, visit.itemsKey, visit.frame.path))
  return names
}

function openTimer(decided: Decided, waiter: Waiter, { name, delayMs }: Of<'timer'>): OpenedSuspension {
  const { visit, call } = waiter
  const place = nameVisit(decided.control.graph, visit)
  const id = waitIdOf(name, place, call)
  const of = { name, visit: place, ...(call === undefined ? {} : { call }), attempt: visit.attempt }
  decided.draft.timers.push({ id, ...of, delayMs, touches: touchesOf(decided, waiter) })
  tellFact(decided, { type: 'timer.set', ...nameWaiter(decided.control.graph, waiter), name, delayMs })
  return { id }
}

function openWait(decided: Decided, waiter: Waiter, on: Of<'wait'>): OpenedSuspension {
  const { visit, call } = waiter
  const { name, timeoutMs } = on
  const place = nameVisit(decided.control.graph, visit)
  const waitId = waitIdFor(on, place, call)
  decided.draft.waits.push({
    wait: { waitId, name, ...place },
    ...(call === undefined ? {} : { call }),
    attempt: visit.attempt,
    touches: touchesOf(decided, waiter),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  tellFact(decided, { type: 'wait.opened', ...nameWaiter(decided.control.graph, waiter), waitId, name })
  return { id: waitId }
}

/** The id of a child run: the same for a re-dispatch of the parent's visit, another one for a retry. */
function childRunIdOf(incarnation: string, visit: string, attempt: number, name: string): string {
  return sha256(new TextEncoder().encode(JSON.stringify([incarnation, visit, attempt, name]))).slice(0, 32)
}

/** Id of the timer that ends the wait for the child run of an `invoke`. */
export function timeoutTimerId(childRunId: string): string {
  return `timeout:${childRunId}`
}

function startChild(decided: Decided, waiter: Waiter, on: Of<'child'>): OpenedSuspension {
  const { view, control, draft } = decided
  const { run, definition } = view
  const { visit, call } = waiter
  const name = nameVisit(control.graph, visit)
  const { attempt } = visit
  const { blueprintId, timeoutMs } = on
  const childRunId = childRunIdOf(run.incarnation, visitKey(name), attempt, on.name)
  const depth = view.depth + 1
  const tooDeep = depthError({ nodeId: name.nodeId, blueprintId, depth }, definition.engine.maxSubflowDepth)
  if (tooDeep !== undefined) return refuse(decided, childRunId, { type: 'child-refused', error: tooDeep })
  const child = definition.child(blueprintId)
  if (child === undefined) {
    return refuse(decided, childRunId, { type: 'child-failed', error: unknownBlueprint(blueprintId) })
  }
  const touches = touchesOf(decided, waiter)
  const of = { visit: name, ...(call === undefined ? {} : { call }) }
  const parent: ParentLink = { ...run, definitionHash: definition.key, ...of, attempt, depth, touches }
  draft.children.push({ childRunId, ...of })
  draft.messages.push({
    id: `start/${childRunId}`,
    type: 'start-child',
    childRunId,
    blueprintId,
    definitionHash: child.key,
    inputValue: call === undefined ? childInputValue(name) : callInputValue(name, call, attempt),
    parent,
  })
  if (timeoutMs !== undefined) {
    const timer = { id: timeoutTimerId(childRunId), name: on.name, isUntold: true } as const
    draft.timers.push({ ...timer, ...of, attempt, delayMs: timeoutMs, touches })
  }
  tellFact(decided, { type: 'child.started', ...nameWaiter(control.graph, waiter), childRunId, blueprintId })
  return { id: childRunId }
}

function refuse(decided: Decided, childRunId: string, resumption: RefusedChild['resumption']): RefusedChild {
  const { view, draft } = decided
  const value = childResultValue(childRunId)
  draft.values[value] = view.definition.engine.serializer.serialize(resumption.error)
  return { resumption, refused: { type: resumption.type, value } }
}

function unknownBlueprint(blueprintId: string): HeddleError {
  return new HeddleError(
    'UNKNOWN_BLUEPRINT',
    `no workflow is registered under "${blueprintId}"; add it to the worker's workflows`,
    { details: { blueprintId } },
  )
}

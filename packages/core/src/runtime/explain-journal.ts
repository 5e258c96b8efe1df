import { waitingJoins } from '../execution/run/waiting-joins.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Explanation, PlainReason } from '../model/explanation.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import { definitionInForce } from '../traversal/definition-in-force.ts'
import { explainRun } from '../traversal/explain-run.ts'
import { foldJournal, type FoldedRun } from '../traversal/fold-journal.ts'
import { inPresentNames } from '../traversal/present-names.ts'
import { openActivities, type OpenActivities, type ToldChild } from '../traversal/open-activities.ts'
import { rebuildRun } from '../traversal/rebuild-run.ts'
import { definitionMismatch } from './run-conflicts.ts'
import type { JournalledDefinition } from './journalled-definition.ts'
import { readRunEvents } from './run-events.ts'

/** What an attempt of a visit was told last, while the visit has not settled. */
type AttemptEvent = Extract<
  RunEvent,
  {
    readonly type: 'node.ready' | 'node.started' | 'node.retrying' | 'compensation.started' | 'compensation.retrying'
  }
>

/** What a journal is explained with. */
export interface ExplainJournalOptions {
  readonly store: IJournalStore
  readonly now: number
  /** The definition of a child run, if it is known. */
  readonly childDefinition: (parent: JournalledDefinition, blueprintId: string) => JournalledDefinition | undefined
}

/**
 * Why a run of a journal store does not move, by its journal alone: nothing of it goes on, and another process may be carrying it out.
 * An attempt that its process took with it is told as running: a journal does not know of it.
 *
 * @throws HeddleError `UNKNOWN_RUN`, `DEFINITION_MISMATCH`, and what the store throws
 */
export async function explainJournal(
  options: ExplainJournalOptions,
  definition: JournalledDefinition,
  runId: string,
): Promise<Explanation> {
  const { store, now } = options
  const { blueprint, hash } = definition
  const events = inPresentNames(await readRunEvents(store, definition, runId))
  const [first] = events
  if (first?.type === 'run.started') {
    const held = definitionInForce(events, first.definitionHash)
    if (held !== hash) throw definitionMismatch(runId, first.workflowId, held, hash)
  }
  // Its definition was compared, and its beginning may be gone.
  const folded = foldJournal(blueprint, events, undefined, { isPart: true })
  const { status } = folded
  if (status === 'completed' || status === 'failed' || status === 'cancelled') {
    return explainRun(runId, status, [endReason(status, events.at(-1))], now)
  }
  const told = openActivities(events)
  const attempts = liveAttempts(events)
  const children = [...told.children].map(([childRunId, child]) =>
    childReason(options, definition, events, childRunId, child),
  )
  const reasons = [
    ...attempts.map((event) => attemptReason(blueprint, event)),
    ...told.timers,
    ...waitReasons(folded, told),
    ...told.maps,
    ...(await Promise.all(children)),
    ...joinReasons(definition, events, attempts),
  ]
  return explainRun(runId, status === 'awaiting' ? status : 'running', reasons, now)
}

function endReason(status: 'completed' | 'failed' | 'cancelled', last: RunEvent | undefined): PlainReason {
  const error = last?.type === 'run.failed' ? { error: last.error } : {}
  return { type: 'ended', status, ...(last === undefined ? {} : { at: last.at }), ...error }
}

/** The visits that are attempted, or will be: by the last that their journal tells of them. */
function liveAttempts(events: readonly RunEvent[]): AttemptEvent[] {
  const live = new Map<string, AttemptEvent>()
  for (const event of events) {
    if (event.type === 'node.ready' || event.type === 'node.started' || event.type === 'node.retrying') {
      live.set(visitKey(event), event)
    } else if (
      event.type === 'node.completed' ||
      event.type === 'node.failed' ||
      event.type === 'node.skipped' ||
      event.type === 'node.cancelled' ||
      event.type === 'node.suspended'
    ) {
      live.delete(visitKey(event))
    } else if (event.type === 'compensation.started' || event.type === 'compensation.retrying') {
      live.set(visitKey({ ...event, compensates: true }), event)
    } else if (event.type === 'compensation.completed' || event.type === 'compensation.failed') {
      live.delete(visitKey({ ...event, compensates: true }))
    }
  }
  return [...live.values()]
}

function attemptReason({ nodes }: WorkflowBlueprint, event: AttemptEvent): PlainReason {
  const { nodeId, iteration, item, insteadOf } = event
  const isRetry = event.type === 'node.retrying' || event.type === 'compensation.retrying'
  const attempt = isRetry ? event.attempt + 1 : event.attempt
  const compensates = event.type.startsWith('compensation.') || event.compensates === true
  const maxAttempts = nodes.find(({ id }) => id === nodeId)?.config?.retry?.maxAttempts ?? 1
  const visit: VisitName = {
    nodeId,
    iteration,
    ...(item === undefined ? {} : { item }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
    ...(compensates ? { compensates } : {}),
  }
  const fields = { ...visit, attempt, maxAttempts: Math.max(attempt, maxAttempts) }
  if (event.type === 'node.started' || event.type === 'compensation.started') {
    return { type: 'running', ...fields, since: event.at }
  }
  if (event.type === 'node.ready') return { type: 'ready', ...fields }
  return { type: 'backoff', ...fields, due: event.at + event.delayMs, error: event.error }
}

function waitReasons({ waits }: FoldedRun, { opened }: OpenActivities): PlainReason[] {
  return [...waits.values()].map((wait) => {
    const since = opened.get(wait.waitId)
    return { type: 'wait', ...wait, ...(since === undefined ? {} : { since }) }
  })
}

async function childReason(
  options: ExplainJournalOptions,
  parent: JournalledDefinition,
  events: readonly RunEvent[],
  childRunId: string,
  { visit, call }: ToldChild,
): Promise<PlainReason> {
  const started = events.findLast((event) => event.type === 'child.started' && event.childRunId === childRunId)
  const blueprintId = started?.type === 'child.started' ? started.blueprintId : ''
  const explanation = await explainChild(options, parent, blueprintId, childRunId)
  return { type: 'child', ...visit, ...(call === undefined ? {} : { call }), childRunId, explanation }
}

/** A child run is begun after its parent has told of it. */
async function explainChild(
  options: ExplainJournalOptions,
  parent: JournalledDefinition,
  blueprintId: string,
  childRunId: string,
): Promise<Explanation> {
  const definition = options.childDefinition(parent, blueprintId)
  const isThere = (await options.store.readEntries(childRunId, 0, 1)) !== undefined
  if (isThere && definition !== undefined) return explainJournal(options, definition, childRunId)
  return explainRun(childRunId, 'running', isThere ? [] : [{ type: 'not-begun' }], options.now)
}

/** The joins of the run; none if its beginning was dropped by a compaction, since then its marks are not known. */
function joinReasons(
  { blueprint, hash }: JournalledDefinition,
  events: readonly RunEvent[],
  attempts: readonly AttemptEvent[],
): PlainReason[] {
  if (events[0]?.seq !== 1) return []
  const { control } = rebuildRun(blueprint, events, { definitionHash: hash }).traverser
  const running = attempts.filter(({ type }) => type === 'node.started').map((event) => visitKey(event))
  return waitingJoins(control.graph, control.root, new Set(running), control.run.phase)
}

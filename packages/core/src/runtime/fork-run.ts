import { HeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine/engine.ts'
import { nameVisit } from '../kernel/visit.ts'
import type { RunEvent } from '../model/run-event.ts'
import { isRecord } from '../model/value-kinds.ts'
import { visitKey } from '../model/visit.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import { definitionInForce } from '../traversal/definition-in-force.ts'
import { writeEvent } from '../traversal/journal-text.ts'
import { rebuildRun, type RebuiltRun } from '../traversal/rebuild-run.ts'
import type { Pending, RunSnapshot, VisitCallsData } from '../traversal/run-snapshot.ts'
import { definitionMismatch } from './run-conflicts.ts'
import type { JournalledDefinition } from './journalled-definition.ts'
import { snapshotIn } from './journal-snapshot.ts'
import { writeNewJournal } from './new-journal.ts'
import { RecordedReplay } from './recorded-replay.ts'

/** Where a fork leaves its run, and what is different from there on. */
export interface ForkOptions {
  /** The event after which the fork begins; the decision that it belongs to counts as a whole. */
  readonly at: number
  /** The id of the fork. */
  readonly runId: string
  /** Shared values that the fork has instead, by key. */
  readonly context?: Readonly<Record<string, unknown>>
  /** Outputs that the fork has instead, by id of a node that had completed by then. Nodes that had read the old one are not run again. */
  readonly outputs?: Readonly<Record<string, unknown>>
  /**
   * `'recorded'`: a visit that settled in the run after the fork left it gets the outcome that it had there, without its handler being
   * called, and in the order in which the outcomes came; visits that only the fork has run. Holds for this process; opened in another one,
   * the fork calls handlers.
   * @default 'live'
   */
  readonly replay?: 'live' | 'recorded'
}

/** A run that is about to be forked. */
export interface ForkedRun {
  readonly runId: string
  /** Its events; of a journal that was compacted those that are left. */
  readonly events: readonly RunEvent[]
}

/**
 * Writes the journal of a fork: the run's own up to where it leaves it, then an event that holds the run as it was there, with what is
 * different. Of a journal that was compacted nothing else is left than how the run was begun.
 *
 * @returns the outcomes that its visits get, if they get recorded ones
 * @throws HeddleError `INVALID_OPTION` if the run has no such event, had ended by then, or a node had not completed;
 *   `DEFINITION_MISMATCH` if it had another definition there; `RUN_CONFLICT` if there is a run of the fork's id; `JOURNAL_CORRUPT`, and
 *   what the store throws
 */
export async function writeFork(
  store: IJournalStore,
  definition: JournalledDefinition,
  run: ForkedRun,
  options: ForkOptions,
): Promise<RecordedReplay | undefined> {
  const { runId } = options
  checkPatches(run.runId, options)
  const { serializer, clock } = definition.engine
  const { rebuilt, kept } = await standingAt(store, definition, run, options.at)
  if (rebuilt.traverser.control.hasEnded) {
    throw invalid(run.runId, 'at', `run "${run.runId}" had ended at event ${options.at}; fork it at an earlier one`)
  }
  patch(rebuilt, run.runId, options)
  const recorded = options.replay === 'recorded' ? new RecordedReplay(run.events, rebuilt.seq) : undefined
  const data = snapshotOf(rebuilt, definition.hash, kept[0], recorded)
  const { context, outputs } = options
  const event: RunEvent = {
    type: 'run.forked',
    fromRunId: run.runId,
    fromSeq: rebuilt.seq,
    data,
    ...(context === undefined ? {} : { context }),
    ...(outputs === undefined ? {} : { outputs }),
    seq: kept.length + 1,
    at: clock.now(),
    runId,
  }
  // Nothing is begun under its id before all of it can be written.
  const entries = [...kept, event].map((entry) => writeEvent(serializer, entry))
  await writeNewJournal(store, runId, entries)
  return recorded
}

/** A run as it stood after one of its events, and with which events its fork begins. */
interface Standing {
  readonly rebuilt: RebuiltRun
  readonly kept: readonly RunEvent[]
}

async function standingAt(
  store: IJournalStore,
  { blueprint, hash, engine }: JournalledDefinition,
  { runId, events }: ForkedRun,
  at: number,
): Promise<Standing> {
  const [first] = events
  const isWhole = first?.seq === 1
  const latest = isWhole ? undefined : await readSnapshot(store, engine, runId)
  const from = isWhole ? 1 : (latest?.seq ?? 0)
  const to = events.at(-1)?.seq ?? from
  if (!Number.isInteger(at) || at < 1 || at > to) {
    throw invalid(runId, 'at', `run "${runId}" has no event ${at}; its events are numbered from ${from} to ${to}`)
  }
  if (at < from) {
    const message = `event ${at} of run "${runId}" was dropped by a compaction; fork it at event ${from} or a later one`
    throw invalid(runId, 'at', message)
  }
  const snapshot = isWhole ? undefined : await readSnapshot(store, engine, runId, at)
  const began = snapshot ?? (first?.type === 'run.started' ? first : undefined)
  const before = events.filter(({ seq }) => seq <= at)
  const held = definitionInForce(before, began?.definitionHash ?? '')
  if (held !== hash) throw definitionMismatch(runId, began?.workflowId ?? '', held, hash)
  const after = events.filter(({ seq }) => seq > (snapshot?.seq ?? 0))
  const rebuilt = rebuildRun(blueprint, after, {
    until: at,
    definitionHash: hash,
    ...(snapshot === undefined ? {} : { snapshot }),
  })
  const kept = snapshot === undefined ? events.slice(0, rebuilt.seq) : [startOf(snapshot)]
  return { rebuilt, kept: kept.map(withoutParent) }
}

async function readSnapshot(
  store: IJournalStore,
  { serializer }: Pick<Engine, 'serializer'>,
  runId: string,
  upTo?: number,
): Promise<RunSnapshot | undefined> {
  const contents = await store.read(runId, upTo)
  return contents === undefined ? undefined : snapshotIn(serializer, runId, contents)
}

/** How a run was begun whose first events are not there any more. */
function startOf({ runId, workflowId, definitionHash, input, onFailure, limits }: RunSnapshot): RunEvent {
  const { deadlineMs, depth } = limits
  return {
    type: 'run.started',
    workflowId,
    definitionHash,
    input,
    onFailure,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(depth === undefined ? {} : { depth }),
    seq: 1,
    at: limits.startedAt ?? 0,
    runId,
  }
}

/** The fork of a child run belongs to nobody. */
function withoutParent(event: RunEvent): RunEvent {
  if (event.type !== 'run.started' || event.parentRunId === undefined) return event
  const { parentRunId: _parentRunId, ...rest } = event
  return rest
}

function checkPatches(runId: string, options: ForkOptions): void {
  // Plain JavaScript may pass anything.
  const replay: unknown = options.replay
  if (replay !== undefined && replay !== 'live' && replay !== 'recorded') {
    throw invalid(runId, 'replay', `"replay" of a fork of run "${runId}" must be 'live' or 'recorded'`)
  }
  for (const option of ['context', 'outputs'] as const) {
    const given: unknown = options[option]
    if (given !== undefined && !isRecord(given)) {
      throw invalid(
        runId,
        option,
        `"${option}" of a fork of run "${runId}" is no record; give new values by their names`,
      )
    }
  }
}

function patch({ state }: RebuiltRun, runId: string, { context = {}, outputs = {} }: ForkOptions): void {
  state.shared.commit(Object.entries(context).map(([key, value]) => ({ key, value, replace: true })))
  for (const [id, output] of Object.entries(outputs)) {
    if (!state.hasOutput(id)) {
      throw invalid(
        runId,
        'outputs',
        `node "${id}" of run "${runId}" had not completed there, so it has no output to replace`,
      )
    }
    void state.addCompletedNode(id, output)
  }
}

function snapshotOf(
  { traverser, state, interrupted, seq }: RebuiltRun,
  definitionHash: string,
  first: RunEvent | undefined,
  recorded: RecordedReplay | undefined,
): RunSnapshot {
  const ready = interrupted.map(({ visit, calls }) => ({
    visit,
    state: { type: 'ready', ...(visit.resumption === undefined ? {} : { resumption: visit.resumption }) } as const,
    calls,
  }))
  const started = first?.type === 'run.started' ? first : undefined
  // Its deadline counts from the fork: the time of the run before is not the fork's.
  const limits = { deadlineMs: started?.deadlineMs, startedAt: undefined, depth: started?.depth }
  const { endedWaits } = state
  const pending = [...ready, ...state.takePending().map(withOwnChildren)].map((one) => {
    const isRecorded = recorded?.holds(visitKey(nameVisit(traverser.control.graph, one.visit))) === true
    return isRecorded ? toBeReplayed(one) : one
  })
  return state.snapshot(pending, seq, { definitionHash, limits, endedWaits })
}

/** The child runs of a fork are its own: they are begun, and told of, by the fork. */
function withOwnChildren({ visit, state, calls }: Pending): Pending {
  const own = calls?.open.map(([call, { child: _child, ...rest }]): VisitCallsData['open'][number] => [call, rest])
  const { child: _child, ...rest } = { child: undefined, ...state }
  return { visit, state: rest, ...(calls === undefined || own === undefined ? {} : { calls: { ...calls, open: own } }) }
}

/** What was waited for is in the outcome that the visit gets. */
function toBeReplayed({ visit, state, calls }: Pending): Pending {
  const isMap = state.type === 'suspended' && state.on.type === 'items'
  if (state.type === 'ready' || isMap) return { visit, state, calls }
  const goesOn = state.type === 'suspended' && state.on.type === 'calls'
  return { visit, state: { type: 'ready', ...(goesOn ? { resumption: { type: 'calls-settled' } } : {}) }, calls }
}

function invalid(runId: string, option: string, message: string): HeddleError {
  return new HeddleError('INVALID_OPTION', message, { details: { runId, option } })
}

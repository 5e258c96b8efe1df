import { HeddleError } from '../errors/heddle-error.ts'
import { visitKey } from '../model/visit.ts'
import { route } from '../model/node-result.ts'
import { reviveError } from '../model/error-data.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { Engine, Middleware } from '../execution/engine.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import { readEvent, writeEvent } from '../traversal/journal-text.ts'
import { rebuildRun, type RebuiltRun } from '../traversal/rebuild-run.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'
import type { DurableDefinition } from './durable-definition.ts'

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
   * called; visits that only the fork has run. Holds for this process; opened in another one, the fork calls handlers.
   * @default 'live'
   */
  readonly replay?: 'live' | 'recorded'
}

/** How many entries are read at a time. */
const pageSize = 10_000

/** The events of a run with a journal, in order. @throws HeddleError `UNKNOWN_RUN` and what the store throws */
export async function readRunEvents(
  store: IJournalStore,
  { engine }: { readonly engine: Pick<Engine, 'serializer'> },
  runId: string,
): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (;;) {
    const entries = await store.readEntries(runId, events.at(-1)?.seq ?? 0, pageSize)
    if (entries === undefined) {
      throw new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
    }
    for (const entry of entries) events.push(readEvent(engine.serializer, runId, entry))
    if (entries.length < pageSize) return events
  }
}

/**
 * Writes the journal of a fork: the run's own up to where it leaves it, then an event that holds the run as it was there, with what is
 * different.
 *
 * @param events the journal of the run
 * @throws HeddleError `INVALID_OPTION` if the run has no such event, had ended by then, or a node had not completed; `RUN_CONFLICT` if
 *   there is a run of the fork's id; `JOURNAL_CORRUPT`, and what the store throws
 */
export async function writeFork(
  store: IJournalStore,
  definition: DurableDefinition,
  events: readonly RunEvent[],
  options: ForkOptions,
): Promise<void> {
  const { at, runId } = options
  const [first] = events
  const fromRunId = first?.runId ?? ''
  if (!Number.isInteger(at) || at < 1 || at > events.length) {
    throw invalid(
      fromRunId,
      'at',
      `run "${fromRunId}" has no event ${at}; its events are numbered from 1 to ${events.length}`,
    )
  }
  const { blueprint, hash, engine } = definition
  const rebuilt = rebuildRun(blueprint, events, { until: at, definitionHash: hash })
  if (rebuilt.traverser.control.hasEnded) {
    throw invalid(fromRunId, 'at', `run "${fromRunId}" had ended at event ${at}; fork it at an earlier one`)
  }
  patch(rebuilt, fromRunId, options)
  const kept = events.slice(0, rebuilt.seq)
  const data = snapshotOf(rebuilt, hash, first)
  const forked = { type: 'run.forked', fromRunId, fromSeq: rebuilt.seq, data } as const
  const event: RunEvent = { ...forked, seq: rebuilt.seq + 1, at: engine.clock.now(), runId }
  const journal = await store.create(runId)
  try {
    journal.append([...kept, event].map((entry) => writeEvent(engine.serializer, entry)))
    await journal.sync()
  } finally {
    await journal.close()
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
  { state, interrupted, seq }: RebuiltRun,
  definitionHash: string,
  first: RunEvent | undefined,
): RunSnapshot {
  const ready = interrupted.map(({ visit }) => ({
    visit,
    state: { type: 'ready', ...(visit.resumption === undefined ? {} : { resumption: visit.resumption }) } as const,
  }))
  const started = first?.type === 'run.started' ? first : undefined
  // Its deadline counts from the fork: the time of the run before is not the fork's.
  const limits = { deadlineMs: started?.deadlineMs, startedAt: undefined, depth: started?.depth }
  const { endedWaits } = state
  return state.snapshot([...ready, ...state.takePending()], seq, { definitionHash, limits, endedWaits })
}

function invalid(runId: string, option: string, message: string): HeddleError {
  return new HeddleError('INVALID_OPTION', message, { details: { runId, option } })
}

/** Answers for each visit that settled after an event what it came to, in place of its handler. */
export function recordedOutcomes(events: readonly RunEvent[], after: number): Middleware {
  const outcomes = new Map<string, () => unknown>()
  for (const event of events) {
    if (event.seq <= after) continue
    if (event.type === 'node.completed') {
      const { output, action } = event
      outcomes.set(visitKey(event), () => (action === undefined ? output : route(action, output)))
    } else if (event.type === 'node.failed') {
      const { retryable: _retryable, ...error } = event.error
      // It was the last attempt there, so it is the last one here.
      outcomes.set(visitKey(event), () => {
        throw reviveError(error)
      })
    }
  }
  return ({ idempotencyKey, runId }, next) => {
    const recorded = outcomes.get(idempotencyKey.slice(runId.length + 1))
    return recorded === undefined ? next() : recorded()
  }
}

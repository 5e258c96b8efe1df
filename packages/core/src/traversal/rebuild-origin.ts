import { definitionHash } from '../graph/definition-hash.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import { GraphTraverser } from './graph-traverser.ts'
import { journalCorrupt } from './journal-corrupt.ts'
import { restoreSnapshot, type RunSnapshot } from './run-snapshot.ts'
import { WorkflowState } from './workflow-state.ts'

/** Where to begin, and where to stop. */
export interface RebuildOptions {
  /** The run as it was after an entry of its journal; the events are then those after it. */
  readonly snapshot?: RunSnapshot
  /** The definition hash with which a snapshot is compared. @default that of the blueprint without its subflows */
  readonly definitionHash?: string
  /** The last `seq` that counts; the decision that it belongs to counts as a whole. @default the whole journal */
  readonly until?: number
}

/** Where rebuilding a run begins. */
export interface RebuildOrigin {
  readonly traverser: GraphTraverser
  readonly state: WorkflowState
  readonly snapshot: RunSnapshot | undefined
  /** The events after it. */
  readonly events: readonly RunEvent[]
}

/**
 * The beginning of a run, the snapshot that was given, or the last event that holds a whole run: a migration to another definition, or
 * a fork of another run. What happened before that one is history.
 *
 * @throws HeddleError `JOURNAL_CORRUPT`, `DEFINITION_MISMATCH`
 */
export function rebuildOrigin(
  blueprint: WorkflowBlueprint,
  journal: readonly RunEvent[],
  { snapshot: given, definitionHash: hash, until = Infinity }: RebuildOptions,
): RebuildOrigin {
  const whole = journal.findLastIndex(({ seq, type }) => seq <= until && holdsRun(type))
  const snapshot = whole === -1 ? given : snapshotOf(journal[whole] as RunEvent)
  const events = journal.slice(whole + 1)
  const declared = blueprint.policy?.context
  const known = declared === undefined ? {} : { declared }
  if (snapshot !== undefined) {
    const restored = restoreSnapshot(blueprint, snapshot, hash ?? definitionHash(blueprint))
    const { runId, input } = snapshot
    const state = new WorkflowState({}, { runId, input, ...known })
    state.restore(restored, snapshot)
    return { traverser: GraphTraverser.restored(blueprint, restored), state, snapshot, events }
  }
  const [first] = events
  if (first?.type !== 'run.started') throw journalCorrupt(first, 'a journal begins with run.started')
  const { runId, input, context = {}, onFailure } = first
  const traverser = new GraphTraverser(blueprint, onFailure === undefined ? {} : { onFailure })
  const state = new WorkflowState(context, { runId, input, ...known })
  state.bind(traverser.control, traverser.root)
  return { traverser, state, snapshot: undefined, events }
}

function holdsRun(type: RunEvent['type']): boolean {
  return type === 'run.migrated' || type === 'run.forked'
}

function snapshotOf(event: RunEvent): RunSnapshot {
  const data = (event as { readonly data?: unknown }).data as Omit<RunSnapshot, 'seq' | 'runId'>
  // It was taken before the event got its place, and of a fork before the run got its id.
  return { ...data, seq: event.seq, runId: event.runId }
}

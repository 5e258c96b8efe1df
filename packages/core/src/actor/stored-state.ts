import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunHead } from '../ports/run-records.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import { readWholeJournal, type JournalSource } from './journal-pages.ts'
import { readOpenWaits } from './run-waits.ts'

/** Where a run is read from. */
export interface StoredSource extends JournalSource {
  /** The run's blueprint. Where it is not known, the run has the nodes that its journal tells of. */
  readonly blueprint: WorkflowBlueprint | undefined
}

/**
 * Brings what a store knows of a run into a state: its journal, folded, with the waits, errors and shared values as they are stored.
 *
 * @returns the run's graph, with what handlers added to it
 * @throws HeddleError `UNKNOWN_RUN` if the run was removed since it was looked at, `RUN_SET_BACK`
 */
export async function bringBack(
  { store, serializer, blueprint }: StoredSource,
  head: RunHead,
  state: WorkflowState,
): Promise<CompiledGraph> {
  // The journal comes last: if it is there, the rest was.
  const [waits, cells, events] = await Promise.all([
    readOpenWaits(store, head),
    store.readShared(head),
    readWholeJournal({ store, serializer }, head),
  ])
  const folded =
    blueprint === undefined
      ? foldJournal(
          toldNodes(head, events),
          events.filter(({ type }) => type !== 'graph.expanded'),
          undefined,
          { isPart: true },
        )
      : foldJournal(blueprint, events, undefined, { isPart: true })
  const { failures } = folded.table
  // As they were thrown, not as a journal tells of them.
  failures.length = 0
  for (const text of head.failures) failures.push(serializer.deserialize(text) as HeddleError)
  // A journal does not tell that a run waits for what its child runs wait for.
  const isAwaiting = head.status === 'live' && head.stalledBy === undefined && waits.length > 0
  state.adopt(isAwaiting ? { ...folded, status: 'awaiting' } : folded)
  state.waitSource = { openWaits: () => waits }
  const shared = Object.entries(cells)
  state.shared.restore({
    values: shared.map(([key, { text }]) => [key, serializer.deserialize(text)]),
    versions: shared.map(([key, { version }]) => [key, version]),
  })
  return folded.table.graph
}

/** A blueprint with the nodes that events tell of, those that handlers added among them, and without edges. */
function toldNodes({ workflowId }: RunHead, events: readonly RunEvent[]): WorkflowBlueprint {
  const ids = new Set(
    events.flatMap((event) => ('nodeId' in event && event.nodeId !== undefined ? [event.nodeId] : [])),
  )
  return { id: workflowId, nodes: [...ids].map((id) => ({ id, uses: 'unknown' })), edges: [] }
}

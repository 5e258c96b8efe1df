import type { HeddleError } from '../errors/heddle-error.ts'
import { isLastEvent } from '../model/last-event.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { IJournalStore, RunJournal } from '../ports/journal-store.ts'
import { writeEvent } from '../traversal/journal-text.ts'
import { rebuildRun, type RebuiltRun } from '../traversal/rebuild-run.ts'
import type { SnapshotLimits } from '../traversal/run-snapshot.ts'
import { defined, type JournalledDefinition } from './journalled-definition.ts'
import { readRunEvents } from './run-events.ts'
import { migrateRun, type LiveChild } from './migrate-run.ts'
import { hashIn } from './journal-snapshot.ts'
import type { Migration } from './migration.ts'
import { migrationRefused } from './migration-refused.ts'

/** A run that is about to be migrated. */
export interface MigratedJournal {
  readonly store: IJournalStore
  readonly journal: RunJournal
  /** The definition that it gets. */
  readonly definition: JournalledDefinition
  /** What it is bound by, and the definition that it has. */
  readonly began: SnapshotLimits & { readonly definitionHash: string }
}

/**
 * Carries a run over to another definition; from then on that is its definition.
 *
 * @returns the run, ready to go on
 * @throws HeddleError `MIGRATION_REFUSED`, with its journal as it was, and what the store throws
 */
export async function migrateJournal(
  { store, journal, definition, began }: MigratedJournal,
  migration: Migration,
): Promise<RebuiltRun> {
  const { engine, blueprint, hash } = definition
  const { runId } = journal
  const events = await readRunEvents(store, definition, runId)
  checkMigratable(runId, definition, events)
  const { deadlineMs, startedAt, depth, parentRunId, definitionHash: from } = began
  const limits = { deadlineMs, startedAt, depth, parentRunId }
  const { snapshot: data, dropped, children, ...kept } = migrateRun(definition, events, limits, migration)
  await checkChildren(store, runId, definition, children)
  if (dropped.length > 0) engine.logger.warn({ runId, dropped }, 'visits have no place in the new definition')
  const { map = {} } = migration
  const migrated = { type: 'run.migrated', from, to: hash, data, map, ...kept } as const
  const event: RunEvent = { ...migrated, seq: (events.at(-1)?.seq ?? 0) + 1, at: engine.clock.now(), runId }
  // Nothing is written before all of it can be, and the run goes on from it.
  const entry = writeEvent(engine.serializer, event)
  const rebuilt = rebuildRun(blueprint, [...events, event], { definitionHash: hash })
  await journal.append([entry])
  await journal.sync()
  return rebuilt
}

/** @throws HeddleError `MIGRATION_REFUSED` if a child run could not go on under its parent's new definition */
async function checkChildren(
  store: IJournalStore,
  runId: string,
  definition: JournalledDefinition,
  children: readonly LiveChild[],
): Promise<void> {
  const { engine } = definition
  const reasons: string[] = []
  for (const { key, runId: childRunId, blueprintId } of children) {
    const contents = await store.read(childRunId)
    const workflow = engine.findChild?.(blueprintId)
    if (contents === undefined) continue
    if (workflow !== undefined && hashIn(engine.serializer, childRunId, contents) === defined(workflow).hash) continue
    reasons.push(
      `visit "${key}" waits for child run "${childRunId}", which began with another definition of workflow "${blueprintId}": let it end first`,
    )
  }
  if (reasons.length > 0) throw migrationRefused(runId, definition, reasons)
}

/** @throws HeddleError `MIGRATION_REFUSED` if the run has no outcomes to decide anew, or is not to be decided anew */
function checkMigratable(runId: string, definition: JournalledDefinition, events: readonly RunEvent[]): void {
  const [first] = events
  const refused = (reason: string): HeddleError => migrationRefused(runId, definition, [reason])
  if (first?.seq !== 1) {
    throw refused('the beginning of its journal was dropped by a compaction, and with it outcomes that its nodes had')
  }
  if (events.some(isLastEvent)) throw refused('it has ended; fork it where it had not, or start a new run')
  if (events.some(({ type }) => type === 'run.compensating')) {
    throw refused('it has failed and is being compensated; open it with the definition that it has')
  }
}

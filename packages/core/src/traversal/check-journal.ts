import { HeddleError } from '../errors/heddle-error.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import { definitionInForce } from './definition-in-force.ts'
import { journalCorrupt } from './journal-corrupt.ts'

/**
 * Checks that a list of events is the journal of a run of this definition: from its beginning, without a gap, in order. Of a run that went
 * over to another definition it may be any of those that it had.
 *
 * @param hash of the definition with its subflows; without it a blueprint that names subflows is known by its id alone
 * @throws HeddleError `JOURNAL_CORRUPT` with the `seq` of the first event that cannot be where it is; `INVALID_OPTION` if the beginning was
 *   dropped by a compaction; `DEFINITION_MISMATCH`
 */
export function checkJournal(blueprint: WorkflowBlueprint, journal: readonly RunEvent[], hash?: string): void {
  const [first] = journal
  if (first === undefined) return
  checkOrder(journal, first)
  if (first.seq > 1) throw beginningDropped(first)
  if (first.type !== 'run.started') throw journalCorrupt(first, 'a journal begins with run.started')
  const given = hash ?? hashOf(blueprint)
  const { runId, workflowId } = first
  if (given === undefined) {
    if (workflowId === blueprint.id) return
    throw mismatch(`run "${runId}" is one of workflow "${workflowId}", not of "${blueprint.id}"`, { runId, workflowId })
  }
  const migrations = journal.filter((event) => event.type === 'run.migrated')
  if (first.definitionHash === given || migrations.some(({ from, to }) => from === given || to === given)) return
  const expected = definitionInForce(migrations, first.definitionHash)
  throw mismatch(`run "${runId}" is one of another definition of workflow "${workflowId}"`, { runId, expected, given })
}

/** The error for a journal whose beginning is gone: what is left does not tell where its run stood. */
export function beginningDropped({ runId, seq }: Pick<RunEvent, 'runId' | 'seq'>, looked?: number): HeddleError {
  const dropped = seq - 1
  return new HeddleError(
    'INVALID_OPTION',
    `the events of run "${runId}" up to ${dropped} were dropped by a compaction, and with them where it stood; keep the histories of runs that are to be looked at`,
    { details: { runId, option: looked === undefined ? 'journal' : 'seq', given: looked, dropped } },
  )
}

function checkOrder(journal: readonly RunEvent[], first: RunEvent): void {
  let next = first.seq
  let before: RunEvent | undefined
  for (const event of journal) {
    // What is told to listeners only has no place of its own.
    if (event.type === 'node.progress' || event.type === 'node.chunk') continue
    if (event.seq !== next || event.runId !== first.runId) throw misplaced(event, before, first)
    before = event
    next++
  }
}

function misplaced(event: RunEvent, before: RunEvent | undefined, first: RunEvent): HeddleError {
  if (event.runId !== first.runId) {
    return journalCorrupt(event, `the entries before it are those of run "${first.runId}"`)
  }
  if (before === undefined) return journalCorrupt(event, 'entries are numbered from 1')
  const what = event.seq > before.seq ? 'entries are missing between them' : 'each entry comes once, and in order'
  return journalCorrupt(event, `it comes after entry ${before.seq}; ${what}`)
}

/** The hash of a definition that is known by its blueprint alone, which one that names subflows is not. */
function hashOf(blueprint: WorkflowBlueprint): string | undefined {
  return blueprint.nodes.some(({ uses }) => uses === 'subflow') ? undefined : definitionHash(blueprint)
}

function mismatch(what: string, details: Readonly<Record<string, unknown>>): HeddleError {
  return new HeddleError('DEFINITION_MISMATCH', `${what}; fold its journal with the definition that it was run with`, {
    details,
  })
}

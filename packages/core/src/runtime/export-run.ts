import { HeddleError } from '../errors/heddle-error.ts'
import { unknownRun } from '../errors/run-errors.ts'
import { needsBlobs } from '../model/aside-text.ts'
import { sameValue } from '../model/same-value.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import { runExists } from '../memory/journal-rules.ts'
import { writeNewJournal } from './new-journal.ts'
import { ownEntries, parentOf, renamedExport } from './renamed-export.ts'
import { parseExport, type RunExport } from './export-format.ts'

export type { RunExport } from './export-format.ts'

/** What an import may be told. */
export interface ImportOptions {
  /**
   * The id of the run in its new place. Under another id than before its child runs get other ones too, which follow from that of their
   * parent; and the child run of another run belongs to nobody then.
   * @default the id that it had
   */
  readonly runId?: string
}

/** How many entries are read, and written, at a time. */
const pageSize = 10_000

/**
 * Reads a run out of a store. It may be under way meanwhile: the export ends with what was written when it was read. All values are part
 * of it: of a run whose large ones were put aside into a blob store it is read through `blobJournalStore`.
 *
 * @throws HeddleError `INVALID_OPTION` if values are in a blob store that the store was not given, `UNKNOWN_RUN`, `INVALID_STATE` if its beginning was dropped by a compaction, and what the store throws
 */
export async function exportRun(store: IJournalStore, runId: string): Promise<RunExport> {
  const entries = await readAll(store, runId)
  if (entries === undefined) throw unknownRun(runId)
  const children: RunExport['children'][number][] = []
  const parents: RunExport['children'][number][] = [{ runId, entries }]
  for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
    for (const id of childIds(parent.entries)) {
      const own = await readAll(store, id)
      if (own === undefined || parentOf(own) !== parent.runId) continue
      const child = { runId: id, entries: own }
      children.push(child)
      parents.push(child)
    }
  }
  return { format: 1, runId, entries, children }
}

async function readAll(store: IJournalStore, runId: string): Promise<StoredEvent[] | undefined> {
  const entries: StoredEvent[] = []
  for (;;) {
    const page = await store.readEntries(runId, entries.length, pageSize)
    if (page === undefined) return undefined
    const [first] = page
    if (first !== undefined && first.seq !== entries.length + 1) {
      throw new HeddleError(
        'INVALID_STATE',
        `the first ${first.seq - 1} entries of run "${runId}" were dropped by a compaction; only a whole journal can be exported`,
        { details: { runId, firstSeq: first.seq } },
      )
    }
    if (page.some(({ aside }) => aside !== undefined)) throw needsBlobs(runId)
    for (const entry of page) entries.push(entry)
    if (page.length < pageSize) return entries
  }
}

function childIds(entries: readonly StoredEvent[]): ReadonlySet<string> {
  const started = ownEntries(entries).filter(({ fact }) => fact.type === 'child.started')
  return new Set(started.map(({ fact }) => String(fact['childRunId'])))
}

/**
 * Writes an exported run into a store, where it can be opened. An import that broke off may be made again.
 *
 * @returns its id there
 * @throws HeddleError `RUN_CONFLICT` if the store has a run of that id, or another child run of an id that is part of it;
 *   `JOURNAL_CORRUPT` if the export is not whole, `STORE_FORMAT` if a newer version has made it, and what the store throws
 */
export async function importRun(
  store: IJournalStore,
  exported: RunExport,
  options: ImportOptions = {},
): Promise<string> {
  const parsed = parseExport(exported)
  const { runId = parsed.runId } = options
  const run = runId === parsed.runId ? parsed : renamedExport(parsed, runId)
  if ((await store.readEntries(runId, 0, 1)) !== undefined) throw runExists(runId)
  // The run itself comes last: once it is there, all of it is.
  for (const child of run.children) await writeChild(store, child)
  await writeNewJournal(store, runId, run.entries)
  return runId
}

async function writeChild(store: IJournalStore, { runId, entries }: RunExport['children'][number]): Promise<void> {
  const before = (await store.readEntries(runId, 0, 1)) === undefined ? undefined : await readAll(store, runId)
  // An earlier import of the same run has come as far as this.
  if (before !== undefined && sameValue(before, entries)) return
  await writeNewJournal(store, runId, entries)
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { IJournalStore } from '../ports/journal-store.ts'

/** One run with its child runs, as JSON: all that is needed to look at it, or to go on with it, elsewhere. */
export interface RunExport {
  readonly format: 1
  readonly runId: string
  /** The whole journal, in order. */
  readonly entries: readonly StoredEvent[]
  /** The child runs that it started, at any depth side by side. */
  readonly children: readonly { readonly runId: string; readonly entries: readonly StoredEvent[] }[]
}

/** What an import may be told. */
export interface ImportOptions {
  /**
   * The id of the run in its new place. Under another id than before, child runs that had not ended are begun anew: their ids follow
   * from that of their parent.
   * @default the id that it had
   */
  readonly runId?: string
}

/** How many entries are read, and written, at a time. */
const pageSize = 10_000

/**
 * Reads a run out of a store. It may be under way meanwhile: the export ends with what was written when it was read.
 *
 * @throws HeddleError `UNKNOWN_RUN`, `INVALID_STATE` if its beginning was dropped by a compaction, and what the store throws
 */
export async function exportRun(store: IJournalStore, runId: string): Promise<RunExport> {
  const entries = await readAll(store, runId)
  if (entries === undefined) {
    throw new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
  }
  const children: RunExport['children'][number][] = []
  const ids = childIds(entries)
  for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
    const own = await readAll(store, id)
    if (own === undefined) continue
    children.push({ runId: id, entries: own })
    ids.push(...childIds(own))
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
    for (const entry of page) entries.push(entry)
    if (page.length < pageSize) return entries
  }
}

function childIds(entries: readonly StoredEvent[]): string[] {
  return entries.flatMap(({ fact }) => (fact.type === 'child.started' ? [String(fact['childRunId'])] : []))
}

/**
 * Writes an exported run into a store, where it can be opened.
 *
 * @returns its id there
 * @throws HeddleError `RUN_CONFLICT` if the store has a run of that id, `JOURNAL_CORRUPT` if the export is not whole, `STORE_FORMAT` if a
 *   newer version has made it, and what the store throws
 */
export async function importRun(
  store: IJournalStore,
  exported: RunExport,
  options: ImportOptions = {},
): Promise<string> {
  checkExport(exported)
  const { runId = exported.runId } = options
  const isSameId = runId === exported.runId
  // The run itself comes last: once it is there, all of it is.
  for (const child of isSameId ? exported.children : []) await write(store, child.runId, child.entries)
  await write(store, runId, exported.entries)
  return runId
}

async function write(store: IJournalStore, runId: string, entries: readonly StoredEvent[]): Promise<void> {
  const journal = await store.create(runId)
  try {
    // One group: an import is there as a whole or not at all.
    journal.append(entries)
    await journal.sync()
  } finally {
    await journal.close()
  }
}

function checkExport({ format, runId, entries, children }: Partial<RunExport>): void {
  if (format !== 1) {
    if (typeof format !== 'number') throw brokenExport('', 'it is no export of a run')
    throw new HeddleError(
      'STORE_FORMAT',
      `the export has format ${String(format)}, and this version knows 1; import it with the version that made it, or a newer one`,
      { details: { found: format, known: 1 } },
    )
  }
  checkEntries(runId ?? '', entries)
  for (const child of children ?? []) checkEntries(child.runId, child.entries)
}

function checkEntries(runId: string, entries: readonly Partial<StoredEvent>[] = []): void {
  const [first] = entries
  if (first === undefined) throw brokenExport(runId, 'it has no entries')
  if (first.fact?.type !== 'run.started') throw brokenExport(runId, 'it does not begin with run.started')
  for (const [at, { seq }] of entries.entries()) {
    if (seq !== at + 1) throw brokenExport(runId, `entry ${at + 1} is missing`)
  }
}

function brokenExport(runId: string, reason: string): HeddleError {
  return new HeddleError('JOURNAL_CORRUPT', `the export of run "${runId}" cannot be imported: ${reason}`, {
    details: { runId, reason },
  })
}

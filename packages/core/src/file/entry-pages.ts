import type { StoredEvent } from '../model/stored-event.ts'
import type { IFiles } from './files.ts'
import { lookIntoJournal } from './look-into-journal.ts'
import { readEntries, type ReadEntries } from './read-entries.ts'
import { offsetBehind, type SnapshotPlace } from './snapshot-files.ts'

/** Of so many journals it is known where the last page ended. */
const maxPlaces = 256

/** Reads journals page by page. A page that goes on where the last one of the same run ended is read without those before it. */
export class EntryPages {
  private readonly files: IFiles
  private readonly places: Map<string, SnapshotPlace> = new Map()

  constructor(files: IFiles) {
    this.files = files
  }

  /**
   * Entries behind one; `undefined` if there is no such run.
   *
   * @throws HeddleError `JOURNAL_CORRUPT`; an error of the system
   */
  async read(
    folder: string,
    runId: string,
    afterSeq: number,
    limit: number,
  ): Promise<readonly StoredEvent[] | undefined> {
    return lookIntoJournal(this.files, folder, runId, async (journal, head) => {
      const { base } = head.header
      const { file } = journal
      const known = this.places.get(runId)
      const offset = known?.seq === afterSeq ? await offsetBehind(known, { file, base, start: head.end }) : undefined
      const from = offset === undefined ? { offset: head.end, seq: base } : { offset, seq: afterSeq }
      const after = Math.max(base, afterSeq)
      const read = await readEntries(journal, { ...from, after, upTo: after + limit })
      this.remember(runId, base, Math.min(read.seq, after + limit), read)
      return read.seq > 0 ? read.entries : undefined
    })
  }

  private remember(runId: string, base: number, seq: number, { seq: last, end, lastLine: line }: ReadEntries): void {
    if (line === undefined) return
    this.places.delete(runId)
    this.places.set(runId, { seq, base, line, offset: seq === last ? end : line.offset })
    for (const oldest of this.places.keys()) {
      if (this.places.size <= maxPlaces) break
      this.places.delete(oldest)
    }
  }
}

import type { LinePlace, OpenJournal } from './read-entries.ts'
import { groupOf } from './read-entries.ts'
import { scanLines } from './scan-lines.ts'
import type { SnapshotPlace } from './snapshot-files.ts'

/**
 * Finds where an entry stands in a journal.
 *
 * @param from the beginning of a line that is not behind it
 */
export async function findPlace(
  journal: OpenJournal & { readonly base: number },
  from: number,
  seq: number,
): Promise<SnapshotPlace> {
  let line: LinePlace | undefined
  let offset = from
  await scanLines(journal.file, from, (one) => {
    const group = groupOf(journal, one, seq)
    const last = group[group.length - 1]?.seq ?? 0
    if (last < seq) return true
    line = { offset: one.offset, end: one.end, checksum: one.checksum }
    offset = last === seq ? one.end : one.offset
    return false
  })
  return { seq, base: journal.base, offset, ...(line && { line }) }
}

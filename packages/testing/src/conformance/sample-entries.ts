import type { RunJournal, StoredEvent } from '@heddle/core'

/** Entries of a run, from one `seq` to another. */
export function entriesFrom(first: number, last: number, type: string = 'node.started'): readonly StoredEvent[] {
  return Array.from({ length: last - first + 1 }, (_, at) => entryOf(first + at, type))
}

/** One entry of a run; some have values. */
export function entryOf(seq: number, type: string = 'node.started'): StoredEvent {
  const values = seq % 3 === 0 ? { texts: { output: `{"json":[${seq}]}` } } : {}
  const value = seq % 4 === 0 ? { value: `value ${seq}` } : {}
  return { seq, at: 1_700_000_000_000 + seq, fact: { type, nodeId: `node-${seq}`, iteration: [], ...value }, ...values }
}

/** Appends entries to a journal; resolves when they were handed over. */
export async function appending(journal: RunJournal, entries: readonly StoredEvent[]): Promise<void> {
  await journal.append(entries)
}

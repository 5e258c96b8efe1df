import type { StoredEvent } from '@heddle/core'

/** Entries of a run, from one `seq` to another. */
export function entriesFrom(first: number, last: number, type: string = 'node.started'): readonly StoredEvent[] {
  return Array.from({ length: last - first + 1 }, (_, at) => entryOf(first + at, type))
}

/** One entry of a run. */
export function entryOf(seq: number, type: string = 'node.started'): StoredEvent {
  return { seq, at: 1_700_000_000_000 + seq, fact: { type, nodeId: `node-${seq}`, iteration: [] } }
}

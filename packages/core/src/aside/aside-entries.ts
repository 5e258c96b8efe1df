import { randomNonce } from '../defaults/random-nonce.ts'
import { asideKey, asideText } from '../model/aside-text.ts'
import type { AsideValue, StoredEvent } from '../model/stored-event.ts'
import type { JournalSnapshot } from '../ports/journal-store.ts'
import { valueFields } from '../traversal/journal-text.ts'
import { type AsideText, type AsideTexts, inTurns } from './aside-texts.ts'

/** An entry as it is stored, and what was taken out of it. */
interface SplitEntry {
  readonly entry: StoredEvent
  readonly aside: readonly AsideText[]
}

const none: readonly AsideText[] = []

/** The fields under which blobs of a snapshot are named. */
const snapshotField = 'snapshot'

/**
 * The key of a blob. It ends at random: whoever writes the same entry once more, since its process was paused and another one has gone
 * on with the run, must not change what the other one's entry refers to.
 */
function keyOf(runId: string, seq: number, field: string): string {
  return `${runId}/${seq}-${field}-${randomNonce()}`
}

/** Takes the values over the limit out of an entry. */
export function splitEntry(limit: Pick<AsideTexts, 'isOver'>, runId: string, entry: StoredEvent): SplitEntry {
  let found: [field: string, of: AsideValue['of'], text: string][] | undefined
  for (const field of valueFields) {
    const value = entry.fact[field]
    const text = entry.texts?.[field]
    if (typeof value === 'string' && limit.isOver(value)) (found ??= []).push([field, 'fact', value])
    else if (text !== undefined && limit.isOver(text)) (found ??= []).push([field, 'texts', text])
  }
  if (found === undefined) return { entry, aside: none }
  const aside: Record<string, AsideValue> = {}
  const taken = found.map(([field, of, text]) => {
    const key = keyOf(runId, entry.seq, field)
    aside[field] = { blob: key, of }
    return { key, text }
  })
  const fact = { ...without(entry.fact, aside, 'fact'), type: entry.fact.type }
  const texts = entry.texts === undefined ? {} : { texts: without(entry.texts, aside, 'texts') }
  return { entry: { ...entry, fact, ...texts, aside }, aside: taken }
}

/** The fields that stay where they are. */
function without<Value>(
  fields: Readonly<Record<string, Value>>,
  aside: Readonly<Record<string, AsideValue>>,
  of: AsideValue['of'],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => aside[field]?.of !== of))
}

/** Puts the values back that were taken out of an entry. @throws HeddleError `JOURNAL_CORRUPT`, `STORE_UNAVAILABLE` */
export async function wholeEntry(texts: AsideTexts, runId: string, stored: StoredEvent): Promise<StoredEvent> {
  const { aside, ...entry } = stored
  if (aside === undefined) return entry
  const fact: Record<string, unknown> & { type: string } = { ...entry.fact }
  const kept: Record<string, string> = { ...entry.texts }
  for (const [field, { blob, of }] of Object.entries(aside)) {
    const text = await texts.get(blob, { runId, field, seq: entry.seq })
    if (of === 'fact') fact[field] = text
    else kept[field] = text
  }
  return { ...entry, fact, ...(entry.texts === undefined ? {} : { texts: kept }) }
}

/** Puts the values of several entries back. @throws HeddleError `JOURNAL_CORRUPT`, `STORE_UNAVAILABLE` */
export async function wholeEntries(
  texts: AsideTexts,
  runId: string,
  entries: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  if (!entries.some(({ aside }) => aside !== undefined)) return entries
  return inTurns(entries, (entry) => wholeEntry(texts, runId, entry))
}

/** A snapshot as it is stored, and its text if that is over the limit. */
export function splitSnapshot(
  texts: AsideTexts,
  runId: string,
  snapshot: JournalSnapshot,
): { readonly snapshot: JournalSnapshot; readonly aside: readonly AsideText[] } {
  const { seq, text } = snapshot
  if (!texts.isOver(text)) return { snapshot, aside: none }
  const key = keyOf(runId, seq, snapshotField)
  return { snapshot: { seq, text: asideText(key) }, aside: [{ key, text }] }
}

/** A snapshot with its text. @throws HeddleError `JOURNAL_CORRUPT`, `STORE_UNAVAILABLE` */
export async function wholeSnapshot(
  texts: AsideTexts,
  runId: string,
  snapshot: JournalSnapshot,
): Promise<JournalSnapshot> {
  const key = asideKey(snapshot.text)
  if (key === undefined) return snapshot
  return { seq: snapshot.seq, text: await texts.get(key, { runId, field: snapshotField, seq: snapshot.seq }) }
}

import type { RunEvent } from '../model/run-event.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { ISerializer } from '../ports/serializer.ts'

/** The fields of events that hold values of users. */
const valueFields = [
  'input',
  'output',
  'value',
  'payload',
  'error',
  'on',
  'expansion',
  'transformed',
  'context',
  'data',
] as const

/** An event as JSON. Values that JSON cannot hold as they are become text of the serializer. */
export function writeEvent(serializer: ISerializer, event: RunEvent): StoredEvent {
  const { seq, at, runId: _runId, ...fact } = event
  const fields: Record<string, unknown> = fact
  let texts: Record<string, string> | undefined
  for (const field of valueFields) {
    const value = fields[field]
    if (value === undefined || isPlain(value)) continue
    texts ??= {}
    texts[field] = serializer.serialize(value)
    fields[field] = undefined
  }
  return texts === undefined ? { seq, at, fact } : { seq, at, fact, texts }
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}

/** The event of an entry that `writeEvent` made. */
export function readEvent(serializer: ISerializer, runId: string, { seq, at, fact, texts }: StoredEvent): RunEvent {
  const fields: Record<string, unknown> = { ...fact }
  for (const [field, text] of Object.entries(texts ?? {})) fields[field] = serializer.deserialize(text)
  return { ...fields, seq, at, runId } as unknown as RunEvent
}

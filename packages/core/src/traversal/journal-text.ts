import { isHeddleError } from '../errors/heddle-error.ts'
import { needsBlobs } from '../model/aside-text.ts'
import { shortErrorData, type ErrorData } from '../model/error-data.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { journalCorrupt } from './journal-corrupt.ts'

/** The fields of events that hold values of users. */
export const valueFields = [
  'input',
  'output',
  'outputs',
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
    texts[field] = field === 'error' ? errorText(serializer, value as ErrorData) : serializer.serialize(value)
    fields[field] = undefined
  }
  return texts === undefined ? { seq, at, fact } : { seq, at, fact, texts }
}

/** The text of an error; of one that is too large to be stored, what can be: a run must not break off since it cannot tell of a failure. */
function errorText(serializer: ISerializer, error: ErrorData): string {
  try {
    return serializer.serialize(error)
  } catch {
    try {
      const { stack: _stack, cause: _cause, ...bare } = error
      return serializer.serialize(bare)
    } catch {
      return serializer.serialize(shortErrorData(error))
    }
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}

/**
 * The event of an entry that `writeEvent` made.
 *
 * @throws HeddleError `INVALID_OPTION` if values of it are in a blob store, and it was read without that; `JOURNAL_CORRUPT` if a value of
 *   it cannot be read
 */
export function readEvent(serializer: ISerializer, runId: string, entry: StoredEvent): RunEvent {
  const { seq, at, fact, texts, aside } = entry
  if (aside !== undefined) throw needsBlobs(runId)
  const fields: Record<string, unknown> = { ...fact }
  for (const [field, text] of Object.entries(texts ?? {})) {
    try {
      fields[field] = serializer.deserialize(text)
    } catch (error) {
      if (isHeddleError(error) && error.code !== 'INVALID_STATE') throw error
      const reason = `the value "${field}" of ${fact.type} cannot be read`
      throw journalCorrupt({ runId, seq, type: fact.type }, reason, error)
    }
  }
  return { ...fields, seq, at, runId } as unknown as RunEvent
}

import type { ErrorRecord } from '../../defaults/error-record.ts'
import { describeThrown } from '../../model/error-data.ts'

/** The fields of an error that are stored. */
const fieldNames = [
  'name',
  'message',
  'stack',
  'code',
  'cause',
  'errors',
  'details',
  'retryable',
  'retryAfterMs',
] as const

/** Answers how long the text of a value is; throws if it cannot be stored. */
export type ValueCheck = (value: unknown) => number

/** What was read of an Error: its causes and the errors in it likewise, its other fields as they may be stored. */
export class ReadError {
  readonly record: ErrorRecord

  constructor(record: ErrorRecord) {
    this.record = record
  }
}

/** How many errors are looked at in one: an AggregateError of thousands tells no more than one of hundreds. */
const maxErrors = 200

/** What the names of the fields of one error take, and what stands beside them. */
const charactersPerError = 30

/** How long a name or a code may be. */
const maxWordLength = 200

/** How long the text of a value may be that stands in an error. */
const maxValueLength = 16_384

/**
 * Reads an error, with all that hangs on it, once and in a way that cannot fail: fields may be getters that throw, causes may be anything
 * and may go round in a circle.
 */
export class ErrorReading {
  /** Whether the error can be stored as it is. */
  isWhole = true
  /** How much text there is in it, with something for each of its parts. */
  characters = 0
  private readonly check: ValueCheck
  private readonly around: unknown[] = []
  private errors = 0

  constructor(check: ValueCheck) {
    this.check = check
  }

  /** @param left how many causes of causes may follow */
  read(thrown: unknown, left: number): unknown {
    try {
      return thrown instanceof Error ? this.readError(thrown, left) : this.readValue(thrown)
    } catch {
      return this.replaced('a value that cannot be read')
    }
  }

  private readError(error: Error, left: number): unknown {
    if (this.around.includes(error)) return this.replaced('the error itself again')
    if (left < 0) return this.replaced('further causes, too many to be stored')
    if (++this.errors > maxErrors) return this.replaced('further errors, too many to be stored')
    this.around.push(error)
    try {
      return new ReadError(this.recordOf(error, left))
    } finally {
      this.around.pop()
    }
  }

  private recordOf(error: Error, left: number): ErrorRecord {
    this.characters += charactersPerError
    const { name, message, stack, cause, errors, code, details, retryable, retryAfterMs } = this.fieldsOf(error)
    const isOurs = name === 'HeddleError'
    return {
      name: this.wordOf(name),
      message: this.textOf(message),
      ...(stack === undefined ? {} : { stack: this.textOf(stack) }),
      ...(typeof code === 'number' ? { code } : {}),
      ...(typeof code === 'string' ? { code: this.wordOf(code) } : {}),
      ...(details === undefined && !isOurs ? {} : { details: this.readDetails(details) }),
      ...(typeof retryable === 'boolean' ? { retryable } : {}),
      ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
      ...(cause === undefined ? {} : { cause: this.read(cause, left - 1) }),
      ...(errors === undefined ? {} : { errors: this.readList(errors, left - 1) }),
    }
  }

  private fieldsOf(error: Error): Partial<Record<keyof ErrorRecord, unknown>> {
    const fields: Partial<Record<keyof ErrorRecord, unknown>> = {}
    for (const key of fieldNames) fields[key] = this.fieldOf(error, key)
    return fields
  }

  private fieldOf(of: object, key: string): unknown {
    try {
      return (of as Readonly<Record<string, unknown>>)[key]
    } catch {
      return this.replaced(`a ${key} that cannot be read`)
    }
  }

  private textOf(text: unknown): string {
    if (typeof text === 'string') {
      this.characters += text.length
      return text
    }
    return this.replaced(describeStrange(text))
  }

  /** A name or a code: it is never cut, so a long one is none. */
  private wordOf(word: unknown): string {
    const text = this.textOf(word)
    return text.length <= maxWordLength ? text : this.replaced(text.slice(0, maxWordLength))
  }

  private readList(errors: unknown, left: number): unknown {
    if (!Array.isArray(errors)) return [this.read(errors, left)]
    return errors.slice(0, maxErrors).map((error: unknown) => this.read(error, left))
  }

  private readDetails(details: unknown): unknown {
    if (typeof details !== 'object' || details === null) {
      this.isWhole = false
      return {}
    }
    const read = this.readValue(details)
    if (read === details) return read
    const kept: Record<string, unknown> = {}
    for (const key of Object.keys(details).slice(0, maxErrors)) {
      const value = this.fieldOf(details, key)
      if (key !== '__proto__') kept[key] = this.readValue(value)
    }
    return kept
  }

  private readValue(value: unknown): unknown {
    if (value === null || typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value
    if (typeof value === 'string') return this.textOf(value)
    try {
      const length = this.check(value)
      if (length <= maxValueLength) {
        this.characters += length
        return value
      }
      return this.replaced(`${kindOf(value)}, too large to be stored with the error`)
    } catch {
      return this.replaced(`${kindOf(value)}, which cannot be stored`)
    }
  }

  private replaced(by: string): string {
    this.isWhole = false
    this.characters += by.length
    return by
  }
}

/** A short text for a value of any kind, that of a symbol or a function too. */
export function describeStrange(value: unknown): string {
  return typeof value === 'symbol' || typeof value === 'function' ? kindOf(value) : describeThrown(value)
}

function kindOf(value: unknown): string {
  try {
    if (typeof value === 'symbol') return String(value).slice(0, maxWordLength)
    if (typeof value === 'function') {
      return value.name === '' ? 'a function' : `the function ${value.name.slice(0, maxWordLength)}`
    }
    const name: unknown = (value as object).constructor.name
    return typeof name === 'string' && name !== '' ? `an instance of ${name.slice(0, maxWordLength)}` : 'an object'
  } catch {
    return 'an object'
  }
}

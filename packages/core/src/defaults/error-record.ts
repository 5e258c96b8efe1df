import { HeddleError } from '../errors/heddle-error.ts'
import type { ErrorCode } from '../errors/codes.ts'

/** An Error as it is stored: name, message, stack, code and cause are kept, and the fields of a HeddleError. */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly code?: string | number
  readonly cause?: unknown
  /** Of an AggregateError. */
  readonly errors?: unknown
  /** Of a HeddleError. */
  readonly details?: unknown
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

/** The fields of an Error that are stored. A field of the wrong type is left out. */
export function toErrorRecord(error: Error): ErrorRecord {
  const { name, message, stack, code, details, retryable, retryAfterMs, errors } = error as Partial<
    Record<keyof ErrorRecord, unknown>
  >
  return {
    name: String(name),
    message: String(message),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...('cause' in error ? { cause: error.cause } : {}),
    ...(errors === undefined ? {} : { errors }),
    ...(details === undefined ? {} : { details }),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  }
}

/** The inverse of {@link toErrorRecord}: a HeddleError if it was one, else an Error of the same name. */
export function fromErrorRecord(record: ErrorRecord): Error {
  const error = record.name === 'HeddleError' ? toHeddleError(record) : toPlainError(record)
  if (record.stack === undefined) Reflect.deleteProperty(error, 'stack')
  else setHidden(error, 'stack', record.stack)
  return error
}

function toHeddleError(record: ErrorRecord): HeddleError {
  return new HeddleError(record.code as ErrorCode, record.message, {
    details: (record.details ?? {}) as Readonly<Record<string, unknown>>,
    retryable: record.retryable ?? false,
    ...(record.retryAfterMs === undefined ? {} : { retryAfterMs: record.retryAfterMs }),
    ...('cause' in record ? { cause: record.cause } : {}),
  })
}

function toPlainError(record: ErrorRecord): Error {
  // oxlint-disable-next-line house/no-bare-error -- it is not thrown: it stands for what somebody else threw
  const error = new Error(record.message, 'cause' in record ? { cause: record.cause } : undefined)
  setHidden(error, 'name', record.name)
  if (record.errors !== undefined) setHidden(error, 'errors', record.errors)
  for (const key of ['code', 'details', 'retryable', 'retryAfterMs'] as const) {
    if (record[key] !== undefined) Object.assign(error, { [key]: record[key] })
  }
  return error
}

/** Sets a field that, as on errors of the language, is not listed. */
function setHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}

import { isErrorCode } from '../errors/codes.ts'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'

/** An error as plain data: what error edges, fallbacks and expressions see, and what is stored. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  /** Of an error of Heddle. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Of an error of Heddle set where the same call may succeed later; of others what they say. */
  readonly retryable?: boolean
  /** Earliest time of the next attempt, in milliseconds from then. */
  readonly retryAfterMs?: number
  readonly cause?: ErrorData
  /** Of an AggregateError. */
  readonly errors?: readonly ErrorData[]
}

/** How deep a chain of causes is followed. */
export const maxCauses = 50

/**
 * Turns whatever was thrown into plain data. A thrown value that is not an Error becomes the message. What an attempt has thrown was
 * bounded before (`storableError`), and could be read then; it never throws all the same.
 */
export function toErrorData(thrown: unknown, depth = 0): ErrorData {
  try {
    return thrown instanceof Error ? readError(thrown, depth) : { name: 'NonError', message: describeThrown(thrown) }
  } catch {
    return { name: 'NonError', message: 'an error that cannot be read' }
  }
}

function readError(thrown: Error, depth: number): ErrorData {
  const code =
    'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number')
      ? String(thrown.code)
      : undefined
  return {
    name: thrown.name,
    message: thrown.message,
    ...(code === undefined ? {} : { code }),
    ...(typeof thrown.stack === 'string' ? { stack: thrown.stack } : {}),
    ...(isHeddleError(thrown) ? heddleFields(thrown) : plainFields(thrown)),
    ...(depth >= maxCauses ? {} : innerErrors(thrown, depth + 1)),
  }
}

function innerErrors(thrown: Error, depth: number): Partial<ErrorData> {
  const { cause } = thrown
  const errors: unknown = 'errors' in thrown ? thrown.errors : undefined
  return {
    ...(cause === undefined ? {} : { cause: toErrorData(cause, depth) }),
    ...(Array.isArray(errors) ? { errors: errors.map((error) => toErrorData(error, depth)) } : {}),
  }
}

function heddleFields({ details, retryable, retryAfterMs }: HeddleError): Partial<ErrorData> {
  return {
    ...(Object.keys(details).length === 0 ? {} : { details }),
    ...(retryable ? { retryable } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** What an error of somebody else's says about retries. */
function plainFields(thrown: object): Partial<ErrorData> {
  return {
    ...('retryable' in thrown && typeof thrown.retryable === 'boolean' ? { retryable: thrown.retryable } : {}),
    ...('retryAfterMs' in thrown && typeof thrown.retryAfterMs === 'number'
      ? { retryAfterMs: thrown.retryAfterMs }
      : {}),
  }
}

/** How much of a message is kept of an error that is too large. */
const shortMessage = 500

/** An error without its stack, its details and its causes, and with no more than the beginning of a long message. */
export function shortErrorData({ name, message, code, retryable, retryAfterMs }: ErrorData): ErrorData {
  const isLong = message.length > shortMessage
  return {
    name,
    message: isLong ? `${message.slice(0, shortMessage)} … (the error was too large to be stored)` : message,
    ...(code === undefined ? {} : { code }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** An error of a run's journal as an error again: name, message, code, stack, details and causes are kept. */
export function reviveError(data: ErrorData): HeddleError {
  const { code, message, details, retryable, retryAfterMs, stack } = data
  const error = new HeddleError(isErrorCode(code) ? code : 'NODE_FAILED', message, {
    ...(details === undefined ? {} : { details }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...reviveCause(data),
  })
  if (stack !== undefined) error.stack = stack
  return error
}

function reviveCause({ cause }: ErrorData): { readonly cause?: unknown } {
  return cause === undefined ? {} : { cause: reviveThrown(cause) }
}

/** What was thrown as an error again: one of Heddle if it was one, else an Error of the same name. */
export function reviveThrown(data: ErrorData): Error {
  if (data.name === 'HeddleError') return reviveError(data)
  const { name, message, code, stack, retryable, retryAfterMs } = data
  // What a user's handler threw, or a library: no error of Heddle's.
  // oxlint-disable-next-line house/no-bare-error
  const plain = new Error(message, reviveCause(data))
  const error: Error = Object.assign(plain, {
    name,
    ...(code === undefined ? {} : { code }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
  if (stack !== undefined) error.stack = stack
  if (data.errors !== undefined) {
    Object.defineProperty(error, 'errors', { value: data.errors.map(reviveThrown), configurable: true, writable: true })
  }
  return error
}

/** A short text for a thrown value that is not an Error. */
export function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    return 'a value that cannot be shown'
  }
}

/** The error of a failed attempt as the handler threw it: the cause of a `NODE_FAILED`, else the error itself. */
export function originalError(error: HeddleError): unknown {
  return error.code === 'NODE_FAILED' && 'cause' in error ? error.cause : error
}

import type { HeddleError } from '../errors/heddle-error.ts'

/** An error as plain data: what error edges, fallbacks and expressions see, and what is stored. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorData
}

/** How deep a chain of causes is followed; deeper ones are dropped. */
const maxCauseDepth = 8

/** Turns whatever was thrown into plain data. A thrown value that is not an Error becomes the message. */
export function toErrorData(thrown: unknown, depth = 0): ErrorData {
  if (!(thrown instanceof Error)) return { name: 'NonError', message: describeThrown(thrown) }
  const code =
    'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number')
      ? String(thrown.code)
      : undefined
  return {
    name: thrown.name,
    message: thrown.message,
    ...(code === undefined ? {} : { code }),
    ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
    ...(thrown.cause === undefined || depth >= maxCauseDepth ? {} : { cause: toErrorData(thrown.cause, depth + 1) }),
  }
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

import { isHeddleError } from '@heddle/core'

/** An error as data for `--json`. */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly stack?: string
  readonly cause?: unknown
}

/** An error with all that it carries; its cause follows as it is. */
export function errorData(error: Error): ErrorRecord {
  const { name, message, stack, cause } = error
  const code: unknown = 'code' in error ? error.code : undefined
  const details = isHeddleError(error) && Object.keys(error.details).length > 0 ? error.details : undefined
  return {
    name,
    message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(details === undefined ? {} : { details }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause }),
  }
}

/** Name and message of whatever was thrown, on as many lines as its message has. */
export function errorMessage(thrown: unknown): string {
  if (thrown instanceof Error) return isHeddleError(thrown) ? thrown.message : `${thrown.name}: ${thrown.message}`
  return typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`
}

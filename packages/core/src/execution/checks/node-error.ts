import { HeddleError, isHeddleError } from '../../errors/heddle-error.ts'
import { messageOf, storableError, type ErrorStorage } from './storable-error.ts'

/** The attempt that threw something. */
export interface ThrowingAttempt {
  readonly nodeId: string
  readonly iteration: readonly number[]
  readonly attempt: number
  readonly engine: ErrorStorage
}

const ownFailures: ReadonlySet<string> = new Set([
  'EXPRESSION_FAILED',
  'INVALID_EXPANSION',
  'INVALID_OUTPUT',
  'INVALID_PAYLOAD',
  'INVALID_WRITE',
  'INVOKE_TIMEOUT',
  'LIMIT_EXCEEDED',
  'MAP_FAILED',
  'MAP_NOT_ITERABLE',
  'NODE_FAILED',
  'NODE_TIMEOUT',
  'NOT_SERIALISABLE',
  'STEP_MISMATCH',
  'SUBFLOW_FAILED',
  'UNKNOWN_BLUEPRINT',
  'UNKNOWN_HANDLER',
  'WAIT_TIMEOUT',
])

/**
 * What an attempt threw as an error of Heddle. What is not one of a node becomes a `NODE_FAILED` with it as cause. Whatever it was, from
 * here on it can be read, and stored.
 */
export function asNodeError(at: ThrowingAttempt, thrown: unknown): HeddleError {
  return storableError(at.engine, anyNodeError(at, thrown))
}

function anyNodeError(at: ThrowingAttempt, thrown: unknown): HeddleError {
  const { nodeId, iteration, attempt } = at
  try {
    return nodeError(at, thrown)
  } catch {
    // A thrown value may throw by itself when it is looked at.
    return new HeddleError('NODE_FAILED', `node "${nodeId}" failed: it threw a value that cannot be read`, {
      details: { nodeId, iteration, attempt },
      retryable: true,
    })
  }
}

function nodeError({ nodeId, iteration, attempt }: ThrowingAttempt, thrown: unknown): HeddleError {
  if (isHeddleError(thrown) && ownFailures.has(thrown.code)) return thrown
  const isError = thrown instanceof Error
  return new HeddleError('NODE_FAILED', `node "${nodeId}" failed: ${messageOf(thrown)}`, {
    details: { nodeId, iteration, attempt },
    retryable: !(isError && 'retryable' in thrown && thrown.retryable === false),
    ...(isError && 'retryAfterMs' in thrown && typeof thrown.retryAfterMs === 'number'
      ? { retryAfterMs: thrown.retryAfterMs }
      : {}),
    cause: thrown,
  })
}

/**
 * Every code that a `HeddleError` can carry. Each one has a page of the same name in `docs/errors/`.
 * Recognise an error by its code, never by `instanceof`: it also holds for an error that came out of storage.
 */
export const errorCodes = [
  'ALREADY_CLOSED',
  'AMBIGUOUS_WAIT',
  'ATTEMPT_LOST',
  'COMMIT_REFUSED',
  'COMPENSATION_FAILED',
  'DEFINITION_MISMATCH',
  'EXPRESSION_FAILED',
  'EXPRESSION_INVALID',
  'INTERNAL',
  'INVALID_BLUEPRINT',
  'INVALID_EXPANSION',
  'INVALID_ID',
  'INVALID_INPUT',
  'INVALID_OPTION',
  'INVALID_OUTPUT',
  'INVALID_PAYLOAD',
  'INVALID_STATE',
  'INVALID_TOKEN',
  'INVALID_WRITE',
  'INVOKE_TIMEOUT',
  'JOURNAL_CORRUPT',
  'LIMIT_EXCEEDED',
  'MAP_FAILED',
  'MAP_NOT_ITERABLE',
  'MAX_ITERATIONS',
  'MIGRATION_REFUSED',
  'NODE_FAILED',
  'NODE_TIMEOUT',
  'NOT_SERIALISABLE',
  'RUN_CANCELLED',
  'RUN_CONFLICT',
  'RUN_DEADLINE',
  'RUN_SET_BACK',
  'SIMULATION_FAILED',
  'STATE_TOO_LARGE',
  'STEP_MISMATCH',
  'STORE_FORMAT',
  'STORE_LOCKED',
  'STORE_SETTINGS',
  'STORE_UNAVAILABLE',
  'SUBFLOW_FAILED',
  'UNKNOWN_BLUEPRINT',
  'UNKNOWN_HANDLER',
  'UNKNOWN_NODE',
  'UNKNOWN_RUN',
  'WAIT_ANSWERED',
  'WAIT_EXPIRED',
  'WAIT_NOT_OPEN',
  'WAIT_TIMEOUT',
] as const

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number]

const known: ReadonlySet<string> = new Set(errorCodes)

/** Whether a text is one of {@link errorCodes}. */
export function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && known.has(code)
}

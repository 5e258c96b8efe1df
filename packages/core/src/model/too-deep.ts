import type { HeddleError } from '../errors/heddle-error.ts'

/**
 * Whether a child run failed since subflows were nested too deeply, in itself or further down. To run it again would lead there again,
 * and with a retry at every level the number of runs would double with each.
 */
export function isTooDeep({ code, details, retryable }: HeddleError): boolean {
  // For no other reason is the failure of a subflow final.
  if (code === 'SUBFLOW_FAILED') return !retryable
  return code === 'LIMIT_EXCEEDED' && 'blueprintId' in details
}

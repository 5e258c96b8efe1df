import { HeddleError } from '../errors/heddle-error.ts'
import { checkKnown } from '../execution/checks/check-known.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { RunFilter } from '../model/run-page.ts'
import type { RunStatus } from '../model/run-status.ts'

const fields: readonly (keyof RunFilter)[] = ['status', 'workflowId', 'tag', 'children', 'limit', 'cursor']

const statuses: readonly (RunStatus | 'running')[] = [
  'running',
  'awaiting',
  'stalled',
  'completed',
  'failed',
  'cancelled',
]

/** Refuses what would list other runs than those that are meant, or none. @throws HeddleError `INVALID_OPTION` */
export function checkRunFilter(filter: RunFilter): void {
  checkKnown('the list of runs', filter, fields, {})
  // Plain JavaScript may pass anything.
  const { status, workflowId, tag, children, limit = 50, cursor }: Partial<Record<keyof RunFilter, unknown>> = filter
  const wanted = status === undefined ? [] : [status].flat()
  const isStatus = (one: unknown): boolean => statuses.some((known) => known === one)
  if (!wanted.every(isStatus)) throw invalid('status', `one of ${statuses.join(', ')}, or a list of them`, status)
  if (!isText(workflowId)) throw invalid('workflowId', 'a text', workflowId)
  if (!isText(tag)) throw invalid('tag', 'a text', tag)
  if (!isText(cursor)) throw invalid('cursor', 'the one that came with the page before', cursor)
  if (children !== undefined && typeof children !== 'boolean') throw invalid('children', 'true or false', children)
  if (!Number.isSafeInteger(limit) || Number(limit) < 1 || Number(limit) > 1000) {
    throw invalid('limit', 'a whole number from 1 to 1000', limit)
  }
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function invalid(option: string, what: string, value: unknown): HeddleError {
  const given = typeof value === 'number' ? value : describeKind(value)
  const found = typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : given
  return new HeddleError('INVALID_OPTION', `${option} must be ${what}, and is ${found}`, { details: { option, given } })
}

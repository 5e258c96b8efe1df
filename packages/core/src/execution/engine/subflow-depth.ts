import { HeddleError } from '../../errors/heddle-error.ts'

/** How deep child runs may be nested, if `limits` do not say. */
export const defaultMaxSubflowDepth = 32

/** Where a subflow asks for a child run. */
export interface SubflowPlace {
  readonly nodeId: string
  readonly blueprintId: string
  /** Of the child run: 1 for the child of a run without a parent. */
  readonly depth: number
}

/** The error of a subflow whose child run would be nested deeper than the limit. */
export function depthError(place: SubflowPlace, limit: number): HeddleError | undefined {
  const { nodeId, blueprintId, depth } = place
  if (depth <= limit) return undefined
  return new HeddleError(
    'LIMIT_EXCEEDED',
    `subflow "${nodeId}" cannot start workflow "${blueprintId}": its run would be nested ${depth} deep, and the limit is ${limit}; let the workflow end without running itself, or raise limits.maxSubflowDepth`,
    { details: { nodeId, blueprintId, depth, limit } },
  )
}

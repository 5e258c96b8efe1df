import { HeddleError } from '../../errors/heddle-error.ts'

/** How many items a map may have, if `limits` do not say. */
export const defaultMaxMapItems = 1_000_000

/** The error of a map that was given more items than that. @param given how many it was given, if that is known */
export function tooManyItems(nodeId: string, maxMapItems: number, given?: number): HeddleError {
  return new HeddleError(
    'LIMIT_EXCEEDED',
    `map "${nodeId}" was given ${given ?? 'more'} items, but may have ${maxMapItems}; hand it batches of items, or raise limits.maxMapItems of the runtime`,
    { details: { nodeId, maxMapItems, ...(given === undefined ? {} : { given }) } },
  )
}

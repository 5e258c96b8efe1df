import { HeddleError } from '../errors/heddle-error.ts'

/** How many items a map may have, if the runtime does not say. */
const defaultMaxMapItems = 1_000_000

/** How many items a map may have: the option or its default. @throws HeddleError `INVALID_OPTION` */
export function resolveMaxMapItems(maxMapItems: number = defaultMaxMapItems): number {
  if (Number.isSafeInteger(maxMapItems) && maxMapItems >= 1) return maxMapItems
  throw new HeddleError(
    'INVALID_OPTION',
    `maxMapItems is ${String(maxMapItems)}; it must be a whole number from 1 up: how many items a map may have`,
    { details: { option: 'maxMapItems' } },
  )
}

/** The error of a map that was given more items than that. @param given how many it was given, if that is known */
export function tooManyItems(nodeId: string, maxMapItems: number, given?: number): HeddleError {
  return new HeddleError(
    'LIMIT_EXCEEDED',
    `map "${nodeId}" was given ${given ?? 'more'} items, but may have ${maxMapItems}; hand it batches of items, or raise maxMapItems of the runtime`,
    { details: { nodeId, maxMapItems, ...(given === undefined ? {} : { given }) } },
  )
}

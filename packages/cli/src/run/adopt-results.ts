import { NodeResult, type Middleware } from '@heddle/core'

/**
 * Recognises what `route()` and `expand()` of another copy of `@heddle/core` made: the user's project has its own beside that of
 * the command, and a class is known to its own copy only.
 */
export const adoptResults: Middleware = async (_context, next) => {
  // oxlint-disable-next-line node/callback-return -- what comes back is looked at, then returned
  const returned = await next()
  return isForeignResult(returned) ? new NodeResult(returned.output, returned.action, returned.expansion) : returned
}

function isForeignResult(value: unknown): value is NodeResult {
  if (typeof value !== 'object' || value === null || value instanceof NodeResult) return false
  return value.constructor.name === 'NodeResult' && 'output' in value && 'action' in value && 'expansion' in value
}

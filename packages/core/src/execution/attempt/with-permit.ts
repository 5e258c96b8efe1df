import { nameVisit } from '../../kernel/visit.ts'
import { limitedKey } from '../../model/limited-key.ts'
import type { LocalPermits, PermitOwner } from '../engine/local-permits.ts'
import type { AttemptContext } from './attempt-context.ts'

/**
 * Calls a handler once a permit of its node's key is free, if attempts of it are limited. It is given back when the attempt ends or is
 * suspended; while it is waited for no time of the attempt's limit passes.
 */
export function withPermit(context: AttemptContext, permits: LocalPermits, call: () => unknown): unknown {
  const { runId, visit, graph, definition, plan } = context
  const key = limitedKey(permits.limits, definition, visit.item !== -1 || plan.undoes)
  if (key === undefined) return call()
  const owner: PermitOwner = { runId, visit, name: () => nameVisit(graph, visit) }
  const permit = permits.tryTake(key, owner)
  if (permit === undefined) return callLater(context, permits, key, { owner, call })
  context.holds(() => permits.giveBack(permit))
  return call()
}

async function callLater(
  context: AttemptContext,
  permits: LocalPermits,
  key: string,
  { owner, call }: { readonly owner: PermitOwner; readonly call: () => unknown },
): Promise<unknown> {
  const { signal } = context
  const permit = await permits.wait(key, owner, signal)
  context.holds(() => permits.giveBack(permit))
  // It may have been given and cut off in one go.
  signal.throwIfAborted()
  return call()
}

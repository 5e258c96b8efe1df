import type { AttemptRef } from '../ports/run-records.ts'
import type { ActorOptions } from './actor-options.ts'

/**
 * Renews the lease of an attempt at a third of its time, as long as the attempt is under way.
 *
 * @param onLost is called when the visit or its run was cut off, or somebody else has claimed the visit
 * @returns ends it
 */
export function keepLease(
  { store, limits, clock, logger }: ActorOptions,
  ref: AttemptRef,
  onLost: () => void,
): () => void {
  let isStopped = false
  let cancel: () => void
  async function look(): Promise<void> {
    let isLost = false
    try {
      isLost = (await store.renew(ref, limits.leaseMs)) === 'abort'
    } catch (error) {
      logger.warn({ err: error, runId: ref.runId, visit: ref.visitKey }, 'a lease could not be renewed; tried again')
    }
    if (isStopped) return
    if (isLost) onLost()
    else again()
  }
  function again(): void {
    cancel = clock.schedule(limits.leaseMs / 3, () => void look())
  }
  again()
  return () => {
    isStopped = true
    cancel()
  }
}

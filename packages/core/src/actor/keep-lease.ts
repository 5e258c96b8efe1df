import type { AttemptRef } from '../ports/run-records.ts'
import type { HeldPermit } from './attempt-permits.ts'
import type { ActorOptions } from './actor-options.ts'

/** What is done when something was lost that an attempt had. */
interface OnLost {
  /** The visit or its run was cut off, or somebody else has claimed the visit. */
  readonly visit: () => void
  /** Others have its permit. */
  readonly permit: () => void
}

/**
 * Renews the lease of an attempt, and that of its permit, at a third of its time, as long as the attempt is under way.
 *
 * @param permit what the attempt holds of a limit, if it needs one
 * @param onLost is called once
 * @returns ends it
 */
export function keepLease(
  { store, limits, clock, logger }: ActorOptions,
  ref: AttemptRef,
  permit: HeldPermit | undefined,
  onLost: OnLost,
): () => void {
  let isStopped = false
  let cancel: () => void
  async function look(): Promise<void> {
    let lost: keyof OnLost | undefined
    try {
      if ((await store.renew(ref, limits.leaseMs)) === 'abort') lost = 'visit'
      else if (permit !== undefined && !isStopped && !(await permit.renew())) lost = 'permit'
    } catch (error) {
      logger.warn({ err: error, runId: ref.runId, visit: ref.visitKey }, 'a lease could not be renewed; tried again')
    }
    if (isStopped) return
    if (lost !== undefined) onLost[lost]()
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

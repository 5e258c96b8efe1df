import { visitKey } from '../model/visit.ts'
import type { ClaimReply } from '../ports/run-records.ts'
import type { NextClaim, OutcomeDelivery, Settlement, SettleReply, TurnRequest } from '../ports/turn-store.ts'
import { claim, hasLost } from './claim-operations.ts'
import type { MemoryRun } from './memory-run.ts'
import { accept, grantTurn, writeChanges } from './turn-operations.ts'

/** `ITurnStore.settle` on one run. */
export function settle(run: MemoryRun, settlement: Settlement, request: TurnRequest, now: number): SettleReply {
  const { deliveries, changes, claims } = settlement
  const before = run.recallCommit(settlement)
  if (before !== undefined) {
    return { ...before, claimed: claims.map((wanted) => claimAgain(run, wanted, now)) }
  }
  const isSure = isAsKnown(run, settlement, now) && deliveries.every((delivery) => isOnlyOutcome(run, delivery))
  const verdicts = deliveries.map((delivery) => accept(run, delivery, now))
  const turn = grantTurn(run, request, now)
  if (!isSure) return { status: 'delivered', verdicts, ...(turn === undefined ? {} : { turn }) }
  const reply = writeChanges(run, settlement, changes, true, now)
  return { ...reply, claimed: claims.map((wanted) => claimDispatched(run, wanted, now)) }
}

function isAsKnown(run: MemoryRun, { revision, writtenBy }: Settlement, now: number): boolean {
  const isAlone = run.turn === undefined && run.inbox.size === 0 && run.stalledUntil <= now
  return run.isLive && isAlone && run.revision === revision && run.writtenBy === writtenBy
}

/** Whether an outcome is that of the one attempt there was of a current dispatch. */
function isOnlyOutcome(run: MemoryRun, { event: { visit, dispatch, token } }: OutcomeDelivery): boolean {
  const current = run.dispatches.get(visitKey(visit))
  if (current === undefined || hasLost(current) || current.delivered !== undefined) return false
  return current.dispatch === dispatch && current.token === token
}

function claimDispatched(run: MemoryRun, wanted: NextClaim, now: number): ClaimReply {
  const { runId, incarnation } = run.start
  const dispatch = run.dispatches.get(wanted.visitKey)?.dispatch ?? 0
  return claim(run, { runId, incarnation, dispatch, ...wanted }, now)
}

/** A dispatch that somebody else has by now, or that came later, is not the settlement's. */
function claimAgain(run: MemoryRun, wanted: NextClaim, now: number): ClaimReply {
  const isOwn = run.dispatches.get(wanted.visitKey)?.token === wanted.token
  return isOwn ? claimDispatched(run, wanted, now) : { status: 'stale' }
}

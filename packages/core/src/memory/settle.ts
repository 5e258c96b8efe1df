import type { InboxEvent } from '../model/stored-event.ts'
import { visitKey } from '../model/visit.ts'
import type { CommitReply, Settlement, SettleReply, TurnRequest } from '../ports/turn-store.ts'
import { claim, hasLost } from './claim-operations.ts'
import type { MemoryRun } from './memory-run.ts'
import { accept, commit, grantTurn } from './turn-operations.ts'

type Committed = Extract<CommitReply, { status: 'committed' }>

/** `ITurnStore.settle` on one run. */
export function settle(
  run: MemoryRun,
  { deliveries, revision, writtenBy, changes, claims }: Settlement,
  request: TurnRequest,
  now: number,
): SettleReply {
  const before = run.recallCommit({ nonce: request.nonce, revision })
  if (before !== undefined) return withClaims(run, before, claims, now)
  const isKnown =
    run.turn === undefined &&
    run.inbox.size === 0 &&
    run.revision === revision &&
    run.writtenBy === writtenBy &&
    run.stalledUntil <= now
  const isSure = run.isLive && isKnown && deliveries.every(({ event }) => isOnlyOutcome(run, event))
  const verdicts = deliveries.map((delivery) => accept(run, delivery, now))
  const turn = grantTurn(run, request, now)
  if (!isSure || turn === undefined) {
    return { status: 'delivered', verdicts, ...(turn === undefined ? {} : { turn }) }
  }
  const { fence, nonce } = turn
  const { runId, incarnation } = run.start
  const reply = commit(run, { runId, incarnation, fence, nonce, revision }, changes, true, now)
  return reply.status === 'refused' ? { status: 'delivered', verdicts } : withClaims(run, reply, claims, now)
}

function withClaims(run: MemoryRun, reply: Committed, claims: Settlement['claims'], now: number): SettleReply {
  const { runId, incarnation } = run.start
  const claimed = claims.map((wanted) => {
    const dispatch = run.dispatches.get(wanted.visitKey)?.dispatch ?? 0
    return claim(run, { runId, incarnation, dispatch, ...wanted }, now)
  })
  return { ...reply, claimed }
}

/** Whether an outcome is that of the one attempt there was of a current dispatch. */
function isOnlyOutcome(run: MemoryRun, event: InboxEvent): boolean {
  if (event.type !== 'outcome') return false
  const current = run.dispatches.get(visitKey(event.visit))
  return (
    current?.dispatch === event.dispatch &&
    current.token === event.token &&
    current.delivered === undefined &&
    !hasLost(current)
  )
}

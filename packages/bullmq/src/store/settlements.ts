import {
  visitKey,
  type DeliveryVerdict,
  type OutcomeDelivery,
  type RunRef,
  type Settlement,
  type SettleReply,
  type TurnRequest,
} from '@heddle/core'
import { settleScript } from '../lua/settle.ts'
import { ArgumentList, wholeMs } from './argument-list.ts'
import { addClaim, claimReply } from './attempts.ts'
import { addChanges, committed } from './commits.ts'
import { eventText } from './inbox-event.ts'
import { isMissing, listOf, textsOf } from './reply.ts'
import type { RunScripts } from './run-scripts.ts'
import { grantOf } from './turns.ts'

/** `ITurnStore.settle`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function settle(
  scripts: RunScripts,
  run: RunRef,
  { nonce, deliveries, revision, writtenBy, changes, claims }: Settlement,
  turn: TurnRequest,
): Promise<SettleReply> {
  const given = new ArgumentList().add(nonce, turn.nonce, wholeMs(turn.limitMs), revision, writtenBy)
  given.each(deliveries, (delivery) => addOutcome(given, delivery))
  given.each(claims, (claim) => {
    given.add(claim.visitKey, claim.token)
    addClaim(given, claim)
  })
  addChanges(given, changes, revision + 1)
  const reply = await scripts.run(settleScript, run, given)
  if (reply === null) return { status: 'unknown-run' }
  const [status, told, more] = listOf(reply)
  if (status === 'committed') {
    const claimed = claims.map((claim, at) => claimReply(claim, listOf(listOf(more)[at])))
    return { ...committed(run, changes, listOf(told)), claimed }
  }
  return {
    status: 'delivered',
    verdicts: textsOf(told) as readonly DeliveryVerdict[],
    ...(isMissing(more) ? {} : { turn: grantOf(more) }),
  }
}

function addOutcome(list: ArgumentList, { event, values = {} }: OutcomeDelivery): void {
  const { id, visit, dispatch, token } = event
  list.add(id, eventText(event), visitKey(visit), JSON.stringify(visit), dispatch, token)
  list.record(values, (text) => text)
}

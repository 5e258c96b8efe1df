import type { TurnGrant } from '@heddle/core'
import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Of many callers that deliver at once one gets the turn, and no event is lost. */
export const concurrentCallersGetOneTurn: CoordinationStoreBehaviour = {
  name: 'of many callers that deliver at once one gets the turn, and no event is lost',
  run: async ({ store, open, expect, unique }) => {
    const run = await open()
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        store.deliver(run.ref, { event: eventOf(`e${at}`) }, { nonce: unique('nonce'), limitMs: 5000 }),
      ),
    )
    const turns = replies.flatMap(({ turn }) => (turn === undefined ? [] : [turn]))
    expect(turns.length).toBe(1)
    const seen: string[] = []
    for (let turn: TurnGrant | undefined = turns[0]; turn !== undefined;) {
      const handled = turn.inbox.map(({ id }) => id)
      seen.push(...handled)
      const reply = await run.commit(turn, { handled }, true)
      turn = reply.status === 'committed' ? reply.turn : undefined
    }
    expect(seen.sort()).toEqual(Array.from({ length: 20 }, (_, at) => `e${at}`).sort())
  },
}

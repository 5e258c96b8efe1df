import type { TurnGrant } from '@heddle/core'
import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Events that come during a turn are handed over by its commit, or wait for the next turn. */
export const eventsThatComeMeanwhileGoOn: CoordinationStoreBehaviour = {
  name: 'events that come during a turn are handed over by its commit, or wait for the next turn',
  run: async ({ store, open, expect }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('one') }, undefined)
    const turn = await run.takeTurn()
    await store.deliver(run.ref, { event: eventOf('two') }, undefined)
    const kept = await run.commit(turn, { handled: ['one'] }, true)
    const next = kept.status === 'committed' ? kept.turn : undefined
    expect([next?.inbox.map(({ id }) => id), next?.revision]).toEqual([['two'], turn.revision + 1])
    await store.deliver(run.ref, { event: eventOf('three') }, undefined)
    const ended = await run.commit(next as TurnGrant, { handled: ['two'] }, false)
    expect(ended.status === 'committed' && ended.turn === undefined).toBe(true)
    expect((await run.takeTurn()).inbox.map(({ id }) => id)).toEqual(['three'])
  },
}

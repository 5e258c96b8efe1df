import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A commit under another fence, nonce or revision is refused and writes nothing. */
export const commitsOfAnotherReadingAreRefused: CoordinationStoreBehaviour = {
  name: 'a commit under another fence, nonce or revision is refused and writes nothing',
  run: async ({ store, open, expect }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const turn = await run.takeTurn()
    for (const wrong of [
      { ...turn, fence: turn.fence + 1 },
      { ...turn, nonce: 'another' },
      { ...turn, revision: turn.revision - 1 },
    ]) {
      expect(await run.commit(wrong, { handled: ['e'], values: { x: '1' } })).toEqual({ status: 'refused' })
    }
    expect(await store.readValues(run.ref, ['x'])).toEqual({})
    expect((await run.commit(turn, { handled: ['e'] })).status).toBe('committed')
  },
}

import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Several open waits of one name are ambiguous, and each is answered by its id. */
export const waitsOfOneNameNeedTheirId: CoordinationStoreBehaviour = {
  name: 'several open waits of one name are ambiguous, and each is answered by its id',
  run: async ({ store, open, expect }) => {
    const waits = ['a', 'b'].map((nodeId) => ({
      wait: { waitId: `ok:${nodeId}`, name: 'ok', nodeId, iteration: [] },
      attempt: 1,
      touches: [],
    }))
    const run = await open({ waits })
    expect(await store.answerWait(run.ref.runId, { nameOrId: 'ok', answerId: 'x', payload: '1' })).toEqual({
      status: 'ambiguous',
      waitIds: ['ok:a', 'ok:b'],
    })
    expect([await run.answer('ok:a'), await run.answer('ok')]).toEqual(['accepted', 'accepted'])
  },
}

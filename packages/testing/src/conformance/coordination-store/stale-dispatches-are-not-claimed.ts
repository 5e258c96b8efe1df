import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A dispatch that is not the current one of its visit is stale. */
export const staleDispatchesAreNotClaimed: CoordinationStoreBehaviour = {
  name: 'a dispatch that is not the current one of its visit is stale',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a'), dispatchOf('b')] })
    const [a, b] = run.jobs
    expect(await run.claim(a, 't', { dispatch: 999 })).toEqual({ status: 'stale' })
    await run.claim(a, 't')
    expect(await run.settle(a, 't')).toBe('accepted')
    expect(await run.claim(a, 'late')).toEqual({ status: 'stale' })
    await run.commit(await run.takeTurn(), { handled: [`outcome/a/${a?.dispatch}/t`], dropped: ['a', 'b'] })
    expect(await run.claim(b, 't')).toEqual({ status: 'stale' })
    expect(await store.readDispatches(run.ref)).toEqual([])
  },
}

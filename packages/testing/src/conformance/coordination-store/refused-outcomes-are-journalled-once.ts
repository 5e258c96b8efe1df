import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A refused outcome that is sent again, since the reply was lost, is refused again and journalled once. */
export const refusedOutcomesAreJournalledOnce: CoordinationStoreBehaviour = {
  name: 'a refused outcome that is sent again is refused again, and journalled once',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const [job] = run.jobs
    await run.claim(job, 't')
    expect([await run.settle(job, 'other'), await run.settle(job, 'other')]).toEqual(['rejected', 'rejected'])
    const types = (await store.readJournal(run.ref, 0, 10)).map(({ fact }) => fact.type)
    expect(types).toEqual(['node.started', 'outcome.rejected'])
  },
}

import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An outcome is accepted once with its values, known when it comes again, and refused and journalled when it is out of date. */
export const outcomesAreTakenOnce: CoordinationStoreBehaviour = {
  name: 'an outcome is accepted once with its values, known when it comes again, and refused and journalled when it is out of date',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const [job] = run.jobs
    await run.claim(job, 't')
    expect(await run.settle(job, 't', { status: 'completed' }, { 'o:a': '1' })).toBe('accepted')
    expect(await run.settle(job, 't', { status: 'completed' }, { 'o:a': '2' })).toBe('duplicate')
    expect(await run.settle(job, 'other', { status: 'completed' }, { 'o:a': '3' })).toBe('rejected')
    expect(await store.readValues(run.ref, ['o:a'])).toEqual({ 'o:a': '1' })
    const types = (await store.readJournal(run.ref, 0, 10)).map(({ fact }) => fact.type)
    expect(types).toEqual(['node.started', 'outcome.rejected'])
    expect((await run.inbox()).map(({ type }) => type)).toEqual(['outcome'])
  },
}

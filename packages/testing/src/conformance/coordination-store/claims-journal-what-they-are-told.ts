import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A claim journals what its dispatch says, in place of node.started; a repeated dispatch says the same. */
export const claimsJournalWhatTheyAreTold: CoordinationStoreBehaviour = {
  name: 'a claim journals what its dispatch says, in place of node.started; a repeated dispatch says the same',
  run: async ({ store, open, expect, pass }) => {
    const started = { fact: { type: 'compensation.started', nodeId: 'a', iteration: [], attempt: 1 } }
    const visit = { nodeId: 'a', iteration: [], compensates: true } as const
    const run = await open({ dispatches: [dispatchOf('a', { visit, visitKey: 'a~', started })] })
    await run.claim(run.jobs[0], 't1', { visitKey: 'a~', leaseMs: 50 })
    await pass(80)
    const tended = await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 100_000 })
    expect((await run.claim(tended?.jobs[0], 't2', { visitKey: 'a~' })).status).toBe('claimed')
    const facts = (await store.readJournal(run.ref, 0, 10)).map(({ fact }) => fact)
    expect(facts).toMatchObject([started.fact, { type: 'node.ready', ...visit }, started.fact])
  },
}

import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** The entry of a recorded step gets its place in the journal, once; a step that is not recorded leaves none. */
export const recordedStepsAreJournalled: CoordinationStoreBehaviour = {
  name: 'the entry of a recorded step gets its place in the journal, once; a step that is not recorded leaves none',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const attempt = { ...run.ref, visitKey: 'a', dispatch: run.jobs[0]?.dispatch ?? 0, token: 't' }
    await run.claim(run.jobs[0], 't')
    const entry = { fact: { type: 'step.recorded', nodeId: 'a', iteration: [], call: 's' }, texts: { output: '1' } }
    expect(await store.recordStep(attempt, 's', '1', entry)).toBe('recorded')
    expect(await store.recordStep(attempt, 's', '1', entry)).toBe('existing')
    expect(await store.recordStep({ ...attempt, token: 'other' }, 'late', '1', entry)).toBe('stale')
    const seq = (await store.readRun(run.ref.runId))?.seq ?? 0
    const journal = await store.readJournal(run.ref, seq - 2, 10)
    expect(journal.map(({ fact }) => fact.type)).toEqual(['node.started', 'step.recorded'])
    expect(journal[1]).toMatchObject({ ...entry, seq })
  },
}

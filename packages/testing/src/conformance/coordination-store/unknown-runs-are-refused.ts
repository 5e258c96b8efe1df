import { changesOf, dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Every operation on an unknown run, or on another incarnation of it, is refused and creates nothing. */
export const unknownRunsAreRefused: CoordinationStoreBehaviour = {
  name: 'every operation on an unknown run, or on another incarnation of it, is refused and creates nothing',
  run: async ({ store, open, expect, unique, request }) => {
    const { ref, jobs } = await open({ dispatches: [dispatchOf('a')] })
    for (const other of [
      { ...ref, incarnation: 'another' },
      { runId: unique('ghost'), incarnation: 'x' },
    ]) {
      const attempt = { ...other, visitKey: 'a', dispatch: jobs[0]?.dispatch ?? 0, token: 't' }
      const turn = { ...other, fence: 1, nonce: 'n', revision: 0 }
      expect(await store.deliver(other, { event: eventOf('e') }, { nonce: 'n', limitMs: 1000 })).toEqual({
        status: 'unknown-run',
      })
      expect(await store.claim({ ...attempt, leaseMs: 1000, cells: [], values: [], touches: [] })).toEqual({
        status: 'unknown-run',
      })
      expect(await store.renew(attempt, 1000)).toBe('abort')
      expect(await store.recordStep(attempt, 'step', '1')).toBe('stale')
      expect(await store.fetch(turn, { cells: 'all' })).toEqual({ status: 'refused' })
      expect(await store.commit(turn, changesOf({ values: { x: '1' } }), false)).toEqual({ status: 'refused' })
      expect([
        await store.readCells(other, 'all'),
        await store.readValues(other, ['x']),
        await store.readJournal(other, 0, 10),
      ]).toEqual([{}, {}, []])
    }
    const ghost = request().runId
    expect([await store.readRun(ghost), await store.tend(ghost, { maxLostAttempts: 1, resendAfterMs: 1000 })]).toEqual([
      undefined,
      undefined,
    ])
    expect(await store.answerWait(ghost, { nameOrId: 'w', answerId: 'a', payload: '1' })).toEqual({
      status: 'unknown-run',
    })
    expect(await store.readRun(ghost)).toBe(undefined)
  },
}

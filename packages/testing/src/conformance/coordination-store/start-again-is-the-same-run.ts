import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Starting a run again answers the same run, and another definition or input is a conflict. */
export const startAgainIsTheSameRun: CoordinationStoreBehaviour = {
  name: 'starting a run again answers the same run, and another definition or input is a conflict',
  run: async ({ store, request, expect }) => {
    const wanted = request({ journal: [{ fact: { type: 'run.started' } }] })
    await store.start(wanted)
    expect(await store.start({ ...wanted, incarnation: 'another' })).toMatchObject({
      status: 'existing',
      incarnation: wanted.incarnation,
    })
    expect(await store.start({ ...wanted, definitionHash: 'other' })).toEqual({
      status: 'conflict',
      what: 'definition',
    })
    expect(await store.start({ ...wanted, input: '2' })).toEqual({ status: 'conflict', what: 'input' })
    expect(await store.readRun(wanted.runId)).toMatchObject({ seq: 1 })
  },
}

import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A removed run leaves nothing behind: its id can be used again, and late messages do not disturb the new run. */
export const removedRunsLeaveNothing: CoordinationStoreBehaviour = {
  name: 'a removed run leaves nothing behind: its id can be used again, and late messages do not disturb the new run',
  run: async ({ store, open, expect, unique }) => {
    const run = await open({
      dispatches: [dispatchOf('a')],
      values: { v: '1' },
      journal: [{ fact: { type: 'run.started' } }],
    })
    await store.remove(run.ref)
    await store.remove(run.ref)
    expect(await store.readRun(run.ref.runId)).toBe(undefined)
    const again = { ...run.request, incarnation: unique('incarnation') }
    expect(await store.start(again)).toMatchObject({ status: 'started' })
    expect(await store.readJournal(again, 0, 10)).toEqual([])
    expect(await store.readValues(again, ['v'])).toEqual({})
    expect((await run.claim(run.jobs[0], 't')).status).toBe('unknown-run')
    expect((await store.deliver(run.ref, { event: eventOf('late') }, undefined)).status).toBe('unknown-run')
  },
}

import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A run that was cancelled before its start is not started, if a tombstone was asked for. */
export const tombstonesRefuseLaterStarts: CoordinationStoreBehaviour = {
  name: 'a run that was cancelled before its start is not started, if a tombstone was asked for',
  run: async ({ store, request, expect }) => {
    const refused = request()
    expect(await store.cancel(refused.runId, undefined, true)).toEqual({ status: 'tombstone' })
    expect(await store.start(refused)).toEqual({ status: 'cancelled' })
    expect(await store.readRun(refused.runId)).toBe(undefined)
    const free = request()
    expect(await store.cancel(free.runId, undefined, false)).toEqual({ status: 'unknown-run' })
    expect(await store.start(free)).toMatchObject({ status: 'started' })
  },
}

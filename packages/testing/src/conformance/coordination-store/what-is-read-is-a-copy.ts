import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Changing what was read does not change what is stored. */
export const whatIsReadIsACopy: CoordinationStoreBehaviour = {
  name: 'changing what was read does not change what is stored',
  run: async ({ store, open, expect }) => {
    const { ref } = await open({ cells: { run: { phase: 'live', live: 1 } } })
    const cells = (await store.readCells(ref, ['run'])) as Record<string, { live: number }>
    if (cells['run'] !== undefined) cells['run'].live = 99
    expect(await store.readCells(ref, ['run'])).toEqual({ run: { phase: 'live', live: 1 } })
  },
}

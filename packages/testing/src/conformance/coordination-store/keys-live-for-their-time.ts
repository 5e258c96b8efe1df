import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A key lives for its time, which can be extended. */
export const keysLiveForTheirTime: CoordinationStoreBehaviour = {
  name: 'a key lives for its time, which can be extended',
  run: async ({ store, unique, pass, expect }) => {
    const [short, long] = [unique('short'), unique('long')]
    await store.setIfNotExist(short, '1', 1)
    await store.increment(long, 1)
    expect([await store.extendTTL(long, 60), await store.extendTTL(unique('ghost'), 60)]).toEqual([true, false])
    await pass(1200)
    expect([await store.get(short), await store.get(long)]).toEqual([undefined, '1'])
    expect([await store.increment(short, 60), await store.increment(long, 60)]).toEqual([1, 2])
  },
}

import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A key is set by the first of concurrent callers. */
export const keysAreSetOnce: CoordinationStoreBehaviour = {
  name: 'a key is set by the first of concurrent callers',
  run: async ({ store, unique, expect }) => {
    const key = unique('key')
    const replies = await Promise.all(Array.from({ length: 10 }, (_, at) => store.setIfNotExist(key, `v${at}`, 60)))
    expect(replies.filter(Boolean).length).toBe(1)
    expect(await store.get(key)).toBe(`v${replies.indexOf(true)}`)
    await store.delete(key)
    await store.delete(key)
    expect([await store.get(key), await store.setIfNotExist(key, 'again', 60)]).toEqual([undefined, true])
  },
}

import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A counter counts from 1, and concurrent callers get numbers of their own. */
export const keysCount: CoordinationStoreBehaviour = {
  name: 'a counter counts from 1, and concurrent callers get numbers of their own',
  run: async ({ store, unique, expect }) => {
    const key = unique('counter')
    const numbers = await Promise.all(Array.from({ length: 20 }, () => store.increment(key, 60)))
    expect(numbers.sort((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    expect(await store.get(key)).toBe('20')
  },
}

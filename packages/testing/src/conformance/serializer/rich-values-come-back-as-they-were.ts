import type { SerializerBehaviour } from '../serializer-harness.ts'

/** Dates, big integers, maps, sets, NaN and infinities come back as they were. */
export const richValuesComeBackAsTheyWere: SerializerBehaviour = {
  name: 'dates, big integers, maps, sets, NaN and infinities come back as they were',
  run: async ({ serializer, expect }) => {
    const value = {
      date: new Date(1_700_000_000_000),
      big: 2n ** 80n,
      map: new Map<unknown, unknown>([
        ['k', new Set([1, 'two'])],
        [2, new Map()],
      ]),
      odd: [Number.NaN, Infinity, -Infinity],
    }
    expect(serializer.deserialize(serializer.serialize(value))).toEqual(value)
  },
}

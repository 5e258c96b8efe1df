import type { SerializerBehaviour } from '../serializer-harness.ts'

/** Plain JSON comes back equal. */
export const jsonComesBackEqual: SerializerBehaviour = {
  name: 'plain JSON comes back equal',
  run: async ({ serializer, expect }) => {
    for (const value of [
      null,
      true,
      0,
      -1.5,
      '',
      'text "quoted" \n',
      [],
      {},
      [1, [2, { a: null }]],
      { a: { b: ['c'] } },
    ]) {
      expect(serializer.deserialize(serializer.serialize(value))).toEqual(value)
    }
  },
}

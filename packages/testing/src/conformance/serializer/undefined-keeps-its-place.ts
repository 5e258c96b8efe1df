import type { SerializerBehaviour } from '../serializer-harness.ts'

/** Undefined comes back as itself, also in lists and records. */
export const undefinedKeepsItsPlace: SerializerBehaviour = {
  name: 'undefined comes back as itself, also in lists and records',
  run: async ({ serializer, expect }) => {
    const back = serializer.deserialize(serializer.serialize({ list: [1, undefined, 3], none: undefined })) as {
      list: unknown[]
      none: unknown
    }
    expect(serializer.deserialize(serializer.serialize(undefined))).toBe(undefined)
    expect([back.list.length, back.list[1], 'none' in back]).toEqual([3, undefined, true])
  },
}

import type { SerializerBehaviour } from '../serializer-harness.ts'

/** The same value gives the same text. */
export const textIsStable: SerializerBehaviour = {
  name: 'the same value gives the same text',
  run: async ({ serializer, expect }) => {
    const make = (): unknown => ({ b: [1n, new Date(0)], a: new Map([['k', undefined]]) })
    expect(serializer.serialize(make())).toBe(serializer.serialize(make()))
  },
}

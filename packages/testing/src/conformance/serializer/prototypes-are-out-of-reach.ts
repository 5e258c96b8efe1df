import type { SerializerBehaviour } from '../serializer-harness.ts'

/** Nothing that is serialised or read changes a prototype. */
export const prototypesAreOutOfReach: SerializerBehaviour = {
  name: 'nothing that is serialised or read changes a prototype',
  run: async ({ serializer, expect }) => {
    for (const text of [
      '{"__proto__":{"polluted":1}}',
      '{"json":{"__proto__":{"polluted":1}}}',
      '{"json":{"constructor":{"prototype":{"polluted":1}}}}',
    ]) {
      try {
        serializer.deserialize(text)
      } catch {
        // Refusing it is as good as ignoring it.
      }
    }
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
  },
}

import { failure } from '../rejection.ts'
import type { SerializerBehaviour } from '../serializer-harness.ts'

/** A function, a symbol, a promise or an instance of an unknown class is refused with the path to it. */
export const whatCannotBeStoredIsRefused: SerializerBehaviour = {
  name: 'a function, a symbol, a promise or an instance of an unknown class is refused with the path to it',
  run: async ({ serializer, expect }) => {
    class Strange {
      readonly kind = 'strange'
    }
    for (const strange of [() => 1, Symbol('s'), Promise.resolve(1), new Strange(), new WeakMap()]) {
      const error = failure(() => serializer.serialize({ user: { list: [1, strange] } }))
      expect(error).toMatchObject({ code: 'NOT_SERIALISABLE', details: { path: '$.user.list[1]' } })
    }
  },
}

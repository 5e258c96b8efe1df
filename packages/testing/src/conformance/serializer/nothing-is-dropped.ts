import { failure } from '../rejection.ts'
import type { SerializerBehaviour } from '../serializer-harness.ts'

/** A hole in a list and a field that a symbol names are refused with the path to them, not dropped. */
export const nothingIsDropped: SerializerBehaviour = {
  name: 'a hole in a list and a field that a symbol names are refused with the path to them, not dropped',
  run: async ({ serializer, expect }) => {
    const list: unknown[] = Object.assign(['a', 'b'], { 3: 'd' })
    const named = { note: { [Symbol('secret')]: 1 } }
    for (const [value, path] of [
      [{ list }, '$.list[2]'],
      [{ when: new Date(0), list }, '$.list[2]'],
      [named, '$.note[Symbol(secret)]'],
    ] as const) {
      expect(failure(() => serializer.serialize(value))).toMatchObject({ code: 'NOT_SERIALISABLE', details: { path } })
    }
  },
}

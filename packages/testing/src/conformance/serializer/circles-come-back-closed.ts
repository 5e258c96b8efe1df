import type { SerializerBehaviour } from '../serializer-harness.ts'

/** A circular value comes back as a circle. */
export const circlesComeBackClosed: SerializerBehaviour = {
  name: 'a circular value comes back as a circle',
  run: async ({ serializer, expect }) => {
    const value: Record<string, unknown> = { name: 'loop' }
    value['self'] = value
    value['list'] = [value]
    const back = serializer.deserialize(serializer.serialize(value)) as { self: unknown; list: unknown[] }
    expect([back.self === back, back.list[0] === back]).toEqual([true, true])
  },
}

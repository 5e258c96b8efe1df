import { isHeddleError } from '@heddle/core'
import { failure } from '../rejection.ts'
import type { SerializerBehaviour } from '../serializer-harness.ts'

/** A value that is nested too deeply is refused, in both directions, without exhausting the stack. */
export const depthIsLimited: SerializerBehaviour = {
  name: 'a value that is nested too deeply is refused, in both directions, without exhausting the stack',
  run: async ({ serializer, expect }) => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 200_000; level++) deep = [deep]
    expect(isHeddleError(failure(() => serializer.serialize(deep)))).toBe(true)
    expect(isHeddleError(failure(() => serializer.deserialize(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)))).toBe(
      true,
    )
  },
}

import { isHeddleError } from '@heddle/core'
import { failure } from '../rejection.ts'
import type { SerializerBehaviour } from '../serializer-harness.ts'

/** Text that is broken or not its own is refused with an error of Heddle. */
export const brokenTextIsRefused: SerializerBehaviour = {
  name: 'text that is broken or not its own is refused with an error of Heddle',
  run: async ({ serializer, expect }) => {
    for (const text of ['', '{', 'nonsense', '{"json":']) {
      expect(isHeddleError(failure(() => serializer.deserialize(text))), text).toBe(true)
    }
  },
}

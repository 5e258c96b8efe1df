import { HeddleError, isHeddleError } from '@heddle/core'
import type { SerializerBehaviour } from '../serializer-harness.ts'

/** An error of Heddle is recognised by its code after it was stored, details and all. */
export const heddleErrorsAreRecognised: SerializerBehaviour = {
  name: 'an error of Heddle is recognised by its code after it was stored, details and all',
  run: async ({ serializer, expect }) => {
    const error = new HeddleError('NODE_TIMEOUT', 'too slow', { details: { nodeId: 'a' }, retryable: true })
    const back = serializer.deserialize(serializer.serialize(error))
    expect([
      isHeddleError(back, 'NODE_TIMEOUT'),
      (back as HeddleError).details,
      (back as HeddleError).retryable,
    ]).toEqual([true, { nodeId: 'a' }, true])
  },
}

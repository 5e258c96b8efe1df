import type { ISerializer } from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** What a behaviour of a serializer works with. */
interface SerializerHarness {
  readonly expect: Expect
  readonly serializer: ISerializer
}

/** One behaviour that every serializer has. */
export type SerializerBehaviour = Behaviour<SerializerHarness>

import type { IEventBus } from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** What a behaviour of an event bus works with. */
interface EventBusHarness {
  readonly expect: Expect
  readonly eventBus: IEventBus
}

/** One behaviour that every event bus has. */
export type EventBusBehaviour = Behaviour<EventBusHarness>

import { aListenerThatThrowsDisturbsNobody } from './event-bus/a-listener-that-throws-disturbs-nobody.ts'
import { aSlowListenerIsNotAwaited } from './event-bus/a-slow-listener-is-not-awaited.ts'
import { knowsWhetherAnybodyListens } from './event-bus/knows-whether-anybody-listens.ts'
import { listenersAreCalledInOrder } from './event-bus/listeners-are-called-in-order.ts'
import { listenersHearTheirType } from './event-bus/listeners-hear-their-type.ts'
import { oneFunctionMayListenTwice } from './event-bus/one-function-may-listen-twice.ts'
import { removedListenersHearNothing } from './event-bus/removed-listeners-hear-nothing.ts'
import type { EventBusBehaviour } from './event-bus-harness.ts'

/** What every event bus does. */
export const eventBusBehaviours: readonly EventBusBehaviour[] = [
  listenersHearTheirType,
  listenersAreCalledInOrder,
  removedListenersHearNothing,
  oneFunctionMayListenTwice,
  aListenerThatThrowsDisturbsNobody,
  knowsWhetherAnybodyListens,
  aSlowListenerIsNotAwaited,
]

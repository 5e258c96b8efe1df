import { callbacksMaySchedule } from './clock/callbacks-may-schedule.ts'
import { callsBackOnceAfterTheDelay } from './clock/calls-back-once-after-the-delay.ts'
import { cancelledCallsNeverCome } from './clock/cancelled-calls-never-come.ts'
import { delaysBeyond25DaysAreNoOverflow } from './clock/delays-beyond-25-days-are-no-overflow.ts'
import { neverCallsBackAtOnce } from './clock/never-calls-back-at-once.ts'
import { shorterDelaysComeFirst } from './clock/shorter-delays-come-first.ts'
import { timeGoesForward } from './clock/time-goes-forward.ts'
import type { ClockBehaviour } from './clock-harness.ts'

/** What every clock does. */
export const clockBehaviours: readonly ClockBehaviour[] = [
  timeGoesForward,
  callsBackOnceAfterTheDelay,
  shorterDelaysComeFirst,
  neverCallsBackAtOnce,
  cancelledCallsNeverCome,
  delaysBeyond25DaysAreNoOverflow,
  callbacksMaySchedule,
]

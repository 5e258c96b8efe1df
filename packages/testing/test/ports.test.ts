import {
  CelEvaluator,
  EventBus,
  memoryCoordinationStore,
  memoryJobQueue,
  SuperjsonSerializer,
  systemClock,
} from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { virtualClock } from '../src/clock/virtual-clock.ts'
import {
  describeClock,
  describeCoordinationStore,
  describeEvaluator,
  describeEventBus,
  describeJobQueue,
  describeSerializer,
} from '../src/conformance.ts'

const test = { describe, it, expect }

describeCoordinationStore('memoryCoordinationStore', (clock) => memoryCoordinationStore({ clock }), {
  test,
  createClock: virtualClock,
})
describeClock('virtualClock', virtualClock, { test, pass: (clock, ms) => clock.advance(ms) })
describeClock('systemClock', () => systemClock, { test })
describeEvaluator('CelEvaluator', () => new CelEvaluator(), { test })
describeEventBus('EventBus', () => new EventBus(), { test })
describeJobQueue('memoryJobQueue', (clock) => memoryJobQueue({ clock }), { test, createClock: virtualClock })
describeSerializer('SuperjsonSerializer', () => new SuperjsonSerializer(), { test })

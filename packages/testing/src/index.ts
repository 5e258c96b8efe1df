/**
 * Test tools for Heddle: a stepper that goes forth and back, a virtual clock and an event recorder. The matchers for vitest are in
 * `@heddle/testing/vitest`, the suites that every implementation of a port runs in `@heddle/testing/conformance`.
 *
 * @packageDocumentation
 */
export { virtualClock, type VirtualClock, type VirtualClockOptions } from './clock/virtual-clock.ts'
export { recordEvents, type EventRecorder, type EventSource, type RecordEventsOptions } from './events/record-events.ts'
export { createStepper, type StepperArguments } from './stepper/create-stepper.ts'
export type { ReadyVisit, Stepper, StepResult } from './stepper/stepper.ts'
export type {
  ClockMode,
  InputOption,
  Stub,
  StubsOf,
  StepperOptions,
  StepperSettings,
} from './stepper/stepper-options.ts'

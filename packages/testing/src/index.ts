/**
 * Test tools for Heddle: a stepper that goes forth and back, a simulator of workers that fail, a virtual clock and an event recorder. The matchers for vitest are in
 * `@heddle/testing/vitest`, the suites that every implementation of a port runs in `@heddle/testing/conformance`.
 *
 * @packageDocumentation
 */
export { virtualClock, type VirtualClock, type VirtualClockOptions } from './clock/virtual-clock.ts'
export { recordEvents, type EventRecorder, type EventSource, type RecordEventsOptions } from './events/record-events.ts'
export { assertSimulation } from './simulator/assert-simulation.ts'
export type { Guarantee } from './simulator/checks/violation.ts'
export type { FaultKind, FaultRates } from './simulator/faults.ts'
export { simulate } from './simulator/simulate.ts'
export type {
  AnswerOf,
  EndedRun,
  InputOf,
  ResultCheck,
  RunPlace,
  SimulateOptions,
} from './simulator/simulate-options.ts'
export type { SimulationFailure, SimulationFigures, SimulationReport } from './simulator/simulation-report.ts'
export type { StoreFactory } from './simulator/virtual-store.ts'
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

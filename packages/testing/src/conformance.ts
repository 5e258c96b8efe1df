/**
 * The suites that every implementation of a port runs, ours and yours. They need a test runner of vitest's form, which is handed in.
 *
 * @packageDocumentation
 */
export { describeClock, type ClockSuiteOptions } from './conformance/describe-clock.ts'
export {
  describeCoordinationStore,
  type CoordinationStoreSuiteOptions,
} from './conformance/describe-coordination-store.ts'
export { describeEvaluator } from './conformance/describe-evaluator.ts'
export { describeEventBus } from './conformance/describe-event-bus.ts'
export { describeJobQueue, type JobQueueSuiteOptions } from './conformance/describe-job-queue.ts'
export { describeJournalStore, type JournalPlace } from './conformance/describe-journal-store.ts'
export { describeOrchestrator, type OrchestratorSuiteOptions } from './conformance/describe-orchestrator.ts'
export { describeSerializer } from './conformance/describe-serializer.ts'
export { drive } from './conformance/drive.ts'
export type { CreateOrchestrator, Trial, TrialOptions } from './conformance/orchestrator-harness.ts'
export type { SuiteOptions } from './conformance/register-behaviours.ts'
export type { Expect, Expectation, TestApi } from './conformance/test-api.ts'

import { stepsAreRunOnce } from './orchestrator/steps-are-run-once.ts'
import { handlersSleep } from './orchestrator/handlers-sleep.ts'
import { handlersWaitForAnswers } from './orchestrator/handlers-wait-for-answers.ts'
import { racesAreWonOnce } from './orchestrator/races-are-won-once.ts'
import { waitsOfHandlersExpire } from './orchestrator/waits-of-handlers-expire.ts'
import { handlersInvokeWorkflows } from './orchestrator/handlers-invoke-workflows.ts'
import { callsMustFitWhatIsRecorded } from './orchestrator/calls-must-fit-what-is-recorded.ts'
import { mapItemsAndFallbacksMakeDurableCalls } from './orchestrator/map-items-and-fallbacks-make-durable-calls.ts'
import { handlersEmitEvents } from './orchestrator/handlers-emit-events.ts'
import { aDrivenRunStaysEnded } from './orchestrator/a-driven-run-stays-ended.ts'
import { abortedBeforeItBegan } from './orchestrator/aborted-before-it-began.ts'
import { agentLoopsGoRound } from './orchestrator/agent-loops-go-round.ts'
import { allFiresWhenTheChosenEdgesAreTaken } from './orchestrator/all-fires-when-the-chosen-edges-are-taken.ts'
import { allIsCutOffByAFailure } from './orchestrator/all-is-cut-off-by-a-failure.ts'
import { allIsSkippedWhenNothingIsTaken } from './orchestrator/all-is-skipped-when-nothing-is-taken.ts'
import { allWaitsForTheSlowest } from './orchestrator/all-waits-for-the-slowest.ts'
import { anyFiresOnce } from './orchestrator/any-fires-once.ts'
import { anyIgnoresWhatIsNotTaken } from './orchestrator/any-ignores-what-is-not-taken.ts'
import { anyIsSkippedWhenNothingIsTaken } from './orchestrator/any-is-skipped-when-nothing-is-taken.ts'
import { atLeastFiresAtTheNth } from './orchestrator/at-least-fires-at-the-nth.ts'
import { atLeastIsSkippedBelowN } from './orchestrator/at-least-is-skipped-below-n.ts'
import { attemptsOfAVisitShareTheirIdempotencyKey } from './orchestrator/attempts-of-a-visit-share-their-idempotency-key.ts'
import { cancelAnswersAtOnce } from './orchestrator/cancel-answers-at-once.ts'
import { cancelDuringABackoff } from './orchestrator/cancel-during-a-backoff.ts'
import { cancelKeepsTheState } from './orchestrator/cancel-keeps-the-state.ts'
import { cancelledFallbacksHandleNothingMore } from './orchestrator/cancelled-fallbacks-handle-nothing-more.ts'
import { cancelledMapsCutOffTheirItems } from './orchestrator/cancelled-maps-cut-off-their-items.ts'
import { cancelledNodesNeverStart } from './orchestrator/cancelled-nodes-never-start.ts'
import { cancelledOutcomesComeTooLate } from './orchestrator/cancelled-outcomes-come-too-late.ts'
import { cancelledRunsAreNotCompensated } from './orchestrator/cancelled-runs-are-not-compensated.ts'
import { cancelledVisitsLeadNowhere } from './orchestrator/cancelled-visits-lead-nowhere.ts'
import { cancelledVisitsWaitForNothing } from './orchestrator/cancelled-visits-wait-for-nothing.ts'
import { cancelsCutOffWhatRuns } from './orchestrator/cancels-cut-off-what-runs.ts'
import { cancelsReachIntoLoops } from './orchestrator/cancels-reach-into-loops.ts'
import { cancelsStayInTheirIteration } from './orchestrator/cancels-stay-in-their-iteration.ts'
import { compensateAwaitsWhatRuns } from './orchestrator/compensate-awaits-what-runs.ts'
import { compensateCutsOffWaitingItems } from './orchestrator/compensate-cuts-off-waiting-items.ts'
import { compensateFlagsUnknownOutcomes } from './orchestrator/compensate-flags-unknown-outcomes.ts'
import { compensateUndoesInReverseOrder } from './orchestrator/compensate-undoes-in-reverse-order.ts'
import { compensateUndoesIterationsAndItems } from './orchestrator/compensate-undoes-iterations-and-items.ts'
import { compensationOutlivesACancel } from './orchestrator/compensation-outlives-a-cancel.ts'
import { compensationsAreRetried } from './orchestrator/compensations-are-retried.ts'
import { concurrencyIsLimited } from './orchestrator/concurrency-is-limited.ts'
import { conditionsSeeResultInputActionAndContext } from './orchestrator/conditions-see-result-input-action-and-context.ts'
import { continueLetsOtherBranchesGoOn } from './orchestrator/continue-lets-other-branches-go-on.ts'
import { deadlinesEndRuns } from './orchestrator/deadlines-end-runs.ts'
import { edgesWithActionAndConditionNeedBoth } from './orchestrator/edges-with-action-and-condition-need-both.ts'
import { endedRunsTellWhatTheyCutOff } from './orchestrator/ended-runs-tell-what-they-cut-off.ts'
import { errorEdgesAreSkippedOnSuccess } from './orchestrator/error-edges-are-skipped-on-success.ts'
import { errorEdgesAreAskedAfterTheLastAttempt } from './orchestrator/error-edges-are-asked-after-the-last-attempt.ts'
import { errorEdgesHandleFailures } from './orchestrator/error-edges-handle-failures.ts'
import { errorsSayWhetherTheyAreRetried } from './orchestrator/errors-say-whether-they-are-retried.ts'
import { eventsAreGapFree } from './orchestrator/events-are-gap-free.ts'
import { everyNeedsAllEdges } from './orchestrator/every-needs-all-edges.ts'
import { exclusiveBranchesRunTheJoinOnce } from './orchestrator/exclusive-branches-run-the-join-once.ts'
import { exitsTakenAgainWarn } from './orchestrator/exits-taken-again-warn.ts'
import { expansionsAddNodes } from './orchestrator/expansions-add-nodes.ts'
import { failedAttemptsWriteNothing } from './orchestrator/failed-attempts-write-nothing.ts'
import { failingConditionsFailTheirSource } from './orchestrator/failing-conditions-fail-their-source.ts'
import { failingFallbacksFailTheRun } from './orchestrator/failing-fallbacks-fail-the-run.ts'
import { failingSubflowsFailTheirNode } from './orchestrator/failing-subflows-fail-their-node.ts'
import { failuresInsideLoopsCutOffExits } from './orchestrator/failures-inside-loops-cut-off-exits.ts'
import { failingErrorEdgesHandleNothing } from './orchestrator/failing-error-edges-handle-nothing.ts'
import { fallbacksTakeThePlace } from './orchestrator/fallbacks-take-the-place.ts'
import { handledFailuresAreNotUndone } from './orchestrator/handled-failures-are-not-undone.ts'
import { handlersSeeTheirContext } from './orchestrator/handlers-see-their-context.ts'
import { headersTakeEntryThenBackEdges } from './orchestrator/headers-take-entry-then-back-edges.ts'
import { inputsAreExpressions } from './orchestrator/inputs-are-expressions.ts'
import { invalidExpansionsFailTheirNode } from './orchestrator/invalid-expansions-fail-their-node.ts'
import { iterationsMayOverlap } from './orchestrator/iterations-may-overlap.ts'
import { limitsAreCompensated } from './orchestrator/limits-are-compensated.ts'
import { listenersChangeNothing } from './orchestrator/listeners-change-nothing.ts'
import { loopsHaveAnyNumberOfExits } from './orchestrator/loops-have-any-number-of-exits.ts'
import { loopsThatAreNotEnteredAreSkipped } from './orchestrator/loops-that-are-not-entered-are-skipped.ts'
import { mapItemsRetryOneByOne } from './orchestrator/map-items-retry-one-by-one.ts'
import { mapsFailPastWhatTheyTolerate } from './orchestrator/maps-fail-past-what-they-tolerate.ts'
import { mapsKeepTheOrderOfItems } from './orchestrator/maps-keep-the-order-of-items.ts'
import { mapsLimitTheirConcurrency } from './orchestrator/maps-limit-their-concurrency.ts'
import { mapsNeedSomethingIterable } from './orchestrator/maps-need-something-iterable.ts'
import { mapsOverNothing } from './orchestrator/maps-over-nothing.ts'
import { mapsTolerateFailures } from './orchestrator/maps-tolerate-failures.ts'
import { maxIterationsFailTheRun } from './orchestrator/max-iterations-fail-the-run.ts'
import { middlewareCanFailAttempts } from './orchestrator/middleware-can-fail-attempts.ts'
import { middlewareStandsAroundEachRunOfAHandler } from './orchestrator/middleware-stands-around-each-run-of-a-handler.ts'
import { middlewareStandsAroundAttempts } from './orchestrator/middleware-stands-around-attempts.ts'
import { nodesAddedAgainAreOne } from './orchestrator/nodes-added-again-are-one.ts'
import { lateMarksHandNothingOn } from './orchestrator/late-marks-hand-nothing-on.ts'
import { namedStartNodesCountTheBeginning } from './orchestrator/named-start-nodes-count-the-beginning.ts'
import { nestedLoopsCountApart } from './orchestrator/nested-loops-count-apart.ts'
import { nodesStartWhenTheirOwnJoinFires } from './orchestrator/nodes-start-when-their-own-join-fires.ts'
import { oneSourceGivesItsOutput } from './orchestrator/one-source-gives-its-output.ts'
import { outputOfARun } from './orchestrator/output-of-a-run.ts'
import { outputsMustBeSerialisable } from './orchestrator/outputs-must-be-serialisable.ts'
import { parallelEdgesAreMarkedOneByOne } from './orchestrator/parallel-edges-are-marked-one-by-one.ts'
import { parallelStartsAllRun } from './orchestrator/parallel-starts-all-run.ts'
import { reducersLoseNothing } from './orchestrator/reducers-lose-nothing.ts'
import { retriesWaitForTheirDelays } from './orchestrator/retries-wait-for-their-delays.ts'
import { richValuesTravel } from './orchestrator/rich-values-travel.ts'
import { runsDoNotSeeEachOther } from './orchestrator/runs-do-not-see-each-other.ts'
import { runsRestAtWaitsWithATimeout } from './orchestrator/runs-rest-at-waits-with-a-timeout.ts'
import { selfLoopsRepeatANode } from './orchestrator/self-loops-repeat-a-node.ts'
import { settledFiresWhateverTheMarks } from './orchestrator/settled-fires-whatever-the-marks.ts'
import { severalSourcesGiveARecord } from './orchestrator/several-sources-give-a-record.ts'
import { skipsSpreadOverDeadPaths } from './orchestrator/skips-spread-over-dead-paths.ts'
import { sleepsAreWaitedOut } from './orchestrator/sleeps-are-waited-out.ts'
import { stopAnswersAtOnce } from './orchestrator/stop-answers-at-once.ts'
import { stopEndsTheRunAtOnce } from './orchestrator/stop-ends-the-run-at-once.ts'
import { subflowsAreUndone } from './orchestrator/subflows-are-undone.ts'
import { subflowsNestToALimit } from './orchestrator/subflows-nest-to-a-limit.ts'
import { subflowsRunChildRuns } from './orchestrator/subflows-run-child-runs.ts'
import { subflowsThatWaitCanBeResumed } from './orchestrator/subflows-that-wait-can-be-resumed.ts'
import { thrownValuesBecomeErrors } from './orchestrator/thrown-values-become-errors.ts'
import { timeoutsEndAttempts } from './orchestrator/timeouts-end-attempts.ts'
import { transformsChangeWhatTheTargetReceives } from './orchestrator/transforms-change-what-the-target-receives.ts'
import { unmatchedErrorEdgesHandleNothing } from './orchestrator/unmatched-error-edges-handle-nothing.ts'
import { unneededFallbacksAreSkipped } from './orchestrator/unneeded-fallbacks-are-skipped.ts'
import { unroutedActionStartsNothing } from './orchestrator/unrouted-action-starts-nothing.ts'
import { updatesAreNotLost } from './orchestrator/updates-are-not-lost.ts'
import { waitsAreResumedOnce } from './orchestrator/waits-are-resumed-once.ts'
import { waitsDoNotStartBranchesThatWereNotChosen } from './orchestrator/waits-do-not-start-branches-that-were-not-chosen.ts'
import { waitsExpire } from './orchestrator/waits-expire.ts'
import { waitsOfChildRunsAreAnsweredOnce } from './orchestrator/waits-of-child-runs-are-answered-once.ts'
import { waitsOfChildRunsAreToldApart } from './orchestrator/waits-of-child-runs-are-told-apart.ts'
import { waitsOfOneNameAreToldApart } from './orchestrator/waits-of-one-name-are-told-apart.ts'
import { whenFalseSkipsTheNode } from './orchestrator/when-false-skips-the-node.ts'
import { approvalsMeetInTheirJoin } from './orchestrator/approvals-meet-in-their-join.ts'
import { openWaitsHoldUpNobody } from './orchestrator/open-waits-hold-up-nobody.ts'
import { answersChooseTheBranch } from './orchestrator/answers-choose-the-branch.ts'
import { answersWakeNobodyElse } from './orchestrator/answers-wake-nobody-else.ts'
import { childRunsMayWaitAgain } from './orchestrator/child-runs-may-wait-again.ts'
import { branchesDaysApartMeet } from './orchestrator/branches-days-apart-meet.ts'
import { longAttemptsAreMadeOnce } from './orchestrator/long-attempts-are-made-once.ts'
import { abortErrorsOfHandlersAreFailures } from './orchestrator/abort-errors-of-handlers-are-failures.ts'
import { freeSlotsAreTakenAtOnce } from './orchestrator/free-slots-are-taken-at-once.ts'
import { runsChangeNoDefinition } from './orchestrator/runs-change-no-definition.ts'
import { namesOfNodesAndValuesAreApart } from './orchestrator/names-of-nodes-and-values-are-apart.ts'
import { handledFailuresHideNoOthers } from './orchestrator/handled-failures-hide-no-others.ts'
import { runsEndOnce } from './orchestrator/runs-end-once.ts'
import { writesTouchOnlyWhatWasSet } from './orchestrator/writes-touch-only-what-was-set.ts'
import { anyFiresInEachIteration } from './orchestrator/any-fires-in-each-iteration.ts'
import type { OrchestratorBehaviour } from './orchestrator-harness.ts'

/** What every orchestrator does, by theme: joins, routing, inputs, failures, loops, kinds of node, shared values, cancels, compensation, ends. */
export const orchestratorBehaviours: readonly OrchestratorBehaviour[] = [
  allFiresWhenTheChosenEdgesAreTaken,
  allIsSkippedWhenNothingIsTaken,
  allIsCutOffByAFailure,
  allWaitsForTheSlowest,
  branchesDaysApartMeet,
  anyFiresOnce,
  lateMarksHandNothingOn,
  anyIgnoresWhatIsNotTaken,
  anyIsSkippedWhenNothingIsTaken,
  atLeastFiresAtTheNth,
  atLeastIsSkippedBelowN,
  everyNeedsAllEdges,
  settledFiresWhateverTheMarks,
  exclusiveBranchesRunTheJoinOnce,
  skipsSpreadOverDeadPaths,
  nodesStartWhenTheirOwnJoinFires,
  parallelStartsAllRun,
  namedStartNodesCountTheBeginning,
  unroutedActionStartsNothing,
  edgesWithActionAndConditionNeedBoth,
  conditionsSeeResultInputActionAndContext,
  failingConditionsFailTheirSource,
  transformsChangeWhatTheTargetReceives,
  parallelEdgesAreMarkedOneByOne,
  oneSourceGivesItsOutput,
  severalSourcesGiveARecord,
  inputsAreExpressions,
  namesOfNodesAndValuesAreApart,
  outputOfARun,
  whenFalseSkipsTheNode,
  errorEdgesHandleFailures,
  errorEdgesAreSkippedOnSuccess,
  unmatchedErrorEdgesHandleNothing,
  failingErrorEdgesHandleNothing,
  errorEdgesAreAskedAfterTheLastAttempt,
  fallbacksTakeThePlace,
  failingFallbacksFailTheRun,
  unneededFallbacksAreSkipped,
  stopEndsTheRunAtOnce,
  continueLetsOtherBranchesGoOn,
  handledFailuresHideNoOthers,
  retriesWaitForTheirDelays,
  errorsSayWhetherTheyAreRetried,
  attemptsOfAVisitShareTheirIdempotencyKey,
  timeoutsEndAttempts,
  longAttemptsAreMadeOnce,
  thrownValuesBecomeErrors,
  abortErrorsOfHandlersAreFailures,
  outputsMustBeSerialisable,
  selfLoopsRepeatANode,
  agentLoopsGoRound,
  headersTakeEntryThenBackEdges,
  nestedLoopsCountApart,
  loopsHaveAnyNumberOfExits,
  exitsTakenAgainWarn,
  iterationsMayOverlap,
  anyFiresInEachIteration,
  loopsThatAreNotEnteredAreSkipped,
  maxIterationsFailTheRun,
  failuresInsideLoopsCutOffExits,
  mapsOverNothing,
  mapsKeepTheOrderOfItems,
  mapsLimitTheirConcurrency,
  mapsTolerateFailures,
  mapsFailPastWhatTheyTolerate,
  mapItemsRetryOneByOne,
  mapsNeedSomethingIterable,
  expansionsAddNodes,
  nodesAddedAgainAreOne,
  invalidExpansionsFailTheirNode,
  subflowsRunChildRuns,
  failingSubflowsFailTheirNode,
  subflowsNestToALimit,
  subflowsThatWaitCanBeResumed,
  childRunsMayWaitAgain,
  waitsAreResumedOnce,
  answersChooseTheBranch,
  approvalsMeetInTheirJoin,
  openWaitsHoldUpNobody,
  answersWakeNobodyElse,
  waitsOfOneNameAreToldApart,
  waitsOfChildRunsAreToldApart,
  waitsOfChildRunsAreAnsweredOnce,
  waitsDoNotStartBranchesThatWereNotChosen,
  waitsExpire,
  runsRestAtWaitsWithATimeout,
  sleepsAreWaitedOut,
  reducersLoseNothing,
  updatesAreNotLost,
  writesTouchOnlyWhatWasSet,
  failedAttemptsWriteNothing,
  concurrencyIsLimited,
  freeSlotsAreTakenAtOnce,
  cancelsCutOffWhatRuns,
  cancelledVisitsLeadNowhere,
  cancelledNodesNeverStart,
  cancelsStayInTheirIteration,
  cancelsReachIntoLoops,
  cancelledVisitsWaitForNothing,
  cancelledMapsCutOffTheirItems,
  cancelledFallbacksHandleNothingMore,
  cancelledOutcomesComeTooLate,
  compensateUndoesInReverseOrder,
  compensateAwaitsWhatRuns,
  compensationsAreRetried,
  compensateUndoesIterationsAndItems,
  compensateCutsOffWaitingItems,
  compensateFlagsUnknownOutcomes,
  compensationOutlivesACancel,
  cancelledRunsAreNotCompensated,
  limitsAreCompensated,
  handledFailuresAreNotUndone,
  subflowsAreUndone,
  cancelKeepsTheState,
  endedRunsTellWhatTheyCutOff,
  cancelAnswersAtOnce,
  cancelDuringABackoff,
  abortedBeforeItBegan,
  stopAnswersAtOnce,
  deadlinesEndRuns,
  middlewareStandsAroundAttempts,
  middlewareStandsAroundEachRunOfAHandler,
  middlewareCanFailAttempts,
  handlersSeeTheirContext,
  stepsAreRunOnce,
  handlersSleep,
  handlersWaitForAnswers,
  waitsOfHandlersExpire,
  racesAreWonOnce,
  handlersInvokeWorkflows,
  callsMustFitWhatIsRecorded,
  mapItemsAndFallbacksMakeDurableCalls,
  handlersEmitEvents,
  eventsAreGapFree,
  runsEndOnce,
  listenersChangeNothing,
  runsDoNotSeeEachOther,
  runsChangeNoDefinition,
  aDrivenRunStaysEnded,
  richValuesTravel,
]

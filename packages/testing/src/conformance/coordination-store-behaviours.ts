import { recordedStepsAreJournalled } from './coordination-store/recorded-steps-are-journalled.ts'
import { callsAreNamedInTheirEvents } from './coordination-store/calls-are-named-in-their-events.ts'
import { whatNobodyWaitsForIsEnded } from './coordination-store/what-nobody-waits-for-is-ended.ts'
import {
  attemptsAreGivenUpOnce,
  attemptsGivenUpAreMadeByOthers,
  lastAttemptsGivenUpAreTold,
} from './coordination-store/attempts-that-are-given-up.ts'
import { callersWithoutADefinitionTakeNoTurn } from './coordination-store/callers-without-a-definition-take-no-turn.ts'
import { cancelIsOneEvent, nothingBeginsBeforeACancel } from './coordination-store/cancel-is-one-event.ts'
import { childrenThatHaveSettledAreTold } from './coordination-store/children-that-have-settled-are-told.ts'
import { claimsJournalWhatTheyAreTold } from './coordination-store/claims-journal-what-they-are-told.ts'
import { commitsOfAnotherReadingAreRefused } from './coordination-store/commits-of-another-reading-are-refused.ts'
import {
  commitsSentAgainAnswerAgain,
  commitsSentAgainLateAnswerAgain,
} from './coordination-store/commits-sent-again-answer-again.ts'
import { commitsWriteEverything } from './coordination-store/commits-write-everything.ts'
import { concurrentAnswersHaveOneWinner } from './coordination-store/concurrent-answers-have-one-winner.ts'
import { concurrentCallersGetOneTurn } from './coordination-store/concurrent-callers-get-one-turn.ts'
import { concurrentClaimsHaveOneWinner } from './coordination-store/concurrent-claims-have-one-winner.ts'
import { concurrentStartsMakeOneRun } from './coordination-store/concurrent-starts-make-one-run.ts'
import { cutOffAttemptsAreTold } from './coordination-store/cut-off-attempts-are-told.ts'
import { cutOffVisitsWaitForNothing } from './coordination-store/cut-off-visits-wait-for-nothing.ts'
import { deadlinesAreEvents } from './coordination-store/deadlines-are-events.ts'
import { dispatchesAreClaimedOnce } from './coordination-store/dispatches-are-claimed-once.ts'
import { dueRunsAreTakenForAWhile } from './coordination-store/due-runs-are-taken-for-a-while.ts'
import { earlyClaimsAreToldWhen } from './coordination-store/early-claims-are-told-when.ts'
import { endedTurnsAreNotGrantedAgain } from './coordination-store/ended-turns-are-not-granted-again.ts'
import { endedRunsTakeNothingMore } from './coordination-store/ended-runs-take-nothing-more.ts'
import { endsTellParentsAndChildren } from './coordination-store/ends-tell-parents-and-children.ts'
import { eventsAreDroppedById } from './coordination-store/events-are-dropped-by-id.ts'
import { eventsAreTakenOnce } from './coordination-store/events-are-taken-once.ts'
import { eventsThatComeMeanwhileGoOn } from './coordination-store/events-that-come-meanwhile-go-on.ts'
import { failingTurnsStallTheRun } from './coordination-store/failing-turns-stall-the-run.ts'
import { handledOutcomesStayKnown } from './coordination-store/handled-outcomes-stay-known.ts'
import { inboxesThatNobodyHandlesAreToldAgain } from './coordination-store/inboxes-that-nobody-handles-are-told-again.ts'
import { journalsAreReadInPages } from './coordination-store/journals-are-read-in-pages.ts'
import { keysAreSetOnce } from './coordination-store/keys-are-set-once.ts'
import { keysCount } from './coordination-store/keys-count.ts'
import { keysLiveForTheirTime } from './coordination-store/keys-live-for-their-time.ts'
import { lateOutcomesCountUnlessOvertaken } from './coordination-store/late-outcomes-count-unless-overtaken.ts'
import { leasesEndAndAreRenewed } from './coordination-store/leases-end-and-are-renewed.ts'
import {
  attemptsThatGotFurtherCountAnew,
  lostAttemptsAreDispatchedAgain,
} from './coordination-store/lost-attempts-are-dispatched-again.ts'
import { messagesAreSentUntilTheyAreCleared } from './coordination-store/messages-are-sent-until-they-are-cleared.ts'
import { noTurnWithoutEvents } from './coordination-store/no-turn-without-events.ts'
import { oneHolderAtATime } from './coordination-store/one-holder-at-a-time.ts'
import { outcomesAreTakenOnce } from './coordination-store/outcomes-are-taken-once.ts'
import { outcomesOfOldDispatchesAreRefused } from './coordination-store/outcomes-of-old-dispatches-are-refused.ts'
import { outcomesOfUnknownAttemptsAreRefused } from './coordination-store/outcomes-of-unknown-attempts-are-refused.ts'
import { outcomesTellOfTheirTwins } from './coordination-store/outcomes-tell-of-their-twins.ts'
import {
  concurrentAskersGetOnePermit,
  copiesOfADispatchGetOnePermit,
  keysOfPermitsAreAnyTexts,
  limitsOfAskersMayDiffer,
  lostPermitsAreToldAtRenewal,
  permitsAreGivenInOrder,
  permitsAreTold,
  permitsCountOnce,
  permitsOfTheDeadAreFreed,
  ratesHoldInEveryWindow,
  thoseWhoDoNotComeHoldUpNobody,
  thoseWhoNeverComeAreForgotten,
} from './coordination-store/permits.ts'
import { recalledVisitsAreTold } from './coordination-store/recalled-visits-are-told.ts'
import { refusedOutcomesAreJournalledOnce } from './coordination-store/refused-outcomes-are-journalled-once.ts'
import { removedRunsLeaveNothing } from './coordination-store/removed-runs-leave-nothing.ts'
import { runsAtRestAreNotDue } from './coordination-store/runs-at-rest-are-not-due.ts'
import { runsAreListedInPages } from './coordination-store/runs-are-listed-in-pages.ts'
import { runsKeepApart } from './coordination-store/runs-keep-apart.ts'
import { staleDispatchesAreNotClaimed } from './coordination-store/stale-dispatches-are-not-claimed.ts'
import { startAgainIsTheSameRun } from './coordination-store/start-again-is-the-same-run.ts'
import {
  settlementsAreWrittenOrDelivered,
  settlementsOfAnotherHistoryAreDelivered,
  outcomesAreSettledTogether,
  settlementsClaimWhatTheyDispatch,
  settlementsSentAgainAnswerAgain,
  settlementsSentAgainLateClaimNothing,
  turnsAreNoSettlements,
  settlementsThatCameTooLateAreDelivered,
  staleOutcomesSettleNothing,
} from './coordination-store/settlements-are-written-or-delivered.ts'
import {
  decidedBeginningsAreFound,
  decidedBeginningsAreWritten,
  decidedBeginningsAreWrittenOnce,
  startCreatesARun,
} from './coordination-store/start-creates-a-run.ts'
import { stepsAreRecordedOnce } from './coordination-store/steps-are-recorded-once.ts'
import { stuckTurnsAreEnded } from './coordination-store/stuck-turns-are-ended.ts'
import { timersFireOnce } from './coordination-store/timers-fire-once.ts'
import { tombstonesRefuseLaterStarts } from './coordination-store/tombstones-refuse-later-starts.ts'
import { turnsAreBounded } from './coordination-store/turns-are-bounded.ts'
import { turnsEndAtTheirLimit } from './coordination-store/turns-end-at-their-limit.ts'
import { unclaimedJobsAreSentAgain } from './coordination-store/unclaimed-jobs-are-sent-again.ts'
import { unknownRunsAreRefused } from './coordination-store/unknown-runs-are-refused.ts'
import { waitsAreAnsweredOnce } from './coordination-store/waits-are-answered-once.ts'
import {
  lateAnswersAreRefused,
  waitsExpireAtTheirDeadline,
} from './coordination-store/waits-expire-at-their-deadline.ts'
import { waitsOfOneNameNeedTheirId } from './coordination-store/waits-of-one-name-need-their-id.ts'
import { waitsThatAreOverAreTold } from './coordination-store/waits-that-are-over-are-told.ts'
import { whatIsReadIsACopy } from './coordination-store/what-is-read-is-a-copy.ts'
import type { CoordinationStoreBehaviour } from './coordination-store-harness.ts'

/** What every coordination store does, by theme: starts, turns, claims and outcomes, what is due, ends, permits, keys. */
export const coordinationStoreBehaviours: readonly CoordinationStoreBehaviour[] = [
  startCreatesARun,
  startAgainIsTheSameRun,
  decidedBeginningsAreWritten,
  decidedBeginningsAreWrittenOnce,
  decidedBeginningsAreFound,
  concurrentStartsMakeOneRun,
  unknownRunsAreRefused,
  tombstonesRefuseLaterStarts,
  cancelIsOneEvent,
  nothingBeginsBeforeACancel,
  oneHolderAtATime,
  concurrentCallersGetOneTurn,
  callersWithoutADefinitionTakeNoTurn,
  noTurnWithoutEvents,
  endedTurnsAreNotGrantedAgain,
  turnsEndAtTheirLimit,
  commitsWriteEverything,
  journalsAreReadInPages,
  commitsSentAgainAnswerAgain,
  commitsSentAgainLateAnswerAgain,
  commitsOfAnotherReadingAreRefused,
  eventsThatComeMeanwhileGoOn,
  eventsAreDroppedById,
  eventsAreTakenOnce,
  turnsAreBounded,
  failingTurnsStallTheRun,
  whatIsReadIsACopy,
  dispatchesAreClaimedOnce,
  claimsJournalWhatTheyAreTold,
  concurrentClaimsHaveOneWinner,
  staleDispatchesAreNotClaimed,
  earlyClaimsAreToldWhen,
  leasesEndAndAreRenewed,
  cutOffAttemptsAreTold,
  cutOffVisitsWaitForNothing,
  recalledVisitsAreTold,
  stepsAreRecordedOnce,
  recordedStepsAreJournalled,
  callsAreNamedInTheirEvents,
  whatNobodyWaitsForIsEnded,
  outcomesAreTakenOnce,
  refusedOutcomesAreJournalledOnce,
  outcomesTellOfTheirTwins,
  handledOutcomesStayKnown,
  outcomesOfOldDispatchesAreRefused,
  outcomesOfUnknownAttemptsAreRefused,
  settlementsAreWrittenOrDelivered,
  settlementsClaimWhatTheyDispatch,
  settlementsSentAgainAnswerAgain,
  settlementsSentAgainLateClaimNothing,
  turnsAreNoSettlements,
  outcomesAreSettledTogether,
  ...settlementsThatCameTooLateAreDelivered,
  settlementsOfAnotherHistoryAreDelivered,
  staleOutcomesSettleNothing,
  lateOutcomesCountUnlessOvertaken,
  lostAttemptsAreDispatchedAgain,
  attemptsThatGotFurtherCountAnew,
  attemptsGivenUpAreMadeByOthers,
  attemptsAreGivenUpOnce,
  lastAttemptsGivenUpAreTold,
  unclaimedJobsAreSentAgain,
  timersFireOnce,
  waitsAreAnsweredOnce,
  concurrentAnswersHaveOneWinner,
  waitsOfOneNameNeedTheirId,
  waitsExpireAtTheirDeadline,
  lateAnswersAreRefused,
  waitsThatAreOverAreTold,
  deadlinesAreEvents,
  stuckTurnsAreEnded,
  inboxesThatNobodyHandlesAreToldAgain,
  dueRunsAreTakenForAWhile,
  runsAtRestAreNotDue,
  endedRunsTakeNothingMore,
  messagesAreSentUntilTheyAreCleared,
  endsTellParentsAndChildren,
  childrenThatHaveSettledAreTold,
  removedRunsLeaveNothing,
  runsAreListedInPages,
  runsKeepApart,
  permitsAreGivenInOrder,
  permitsCountOnce,
  copiesOfADispatchGetOnePermit,
  concurrentAskersGetOnePermit,
  permitsOfTheDeadAreFreed,
  lostPermitsAreToldAtRenewal,
  ratesHoldInEveryWindow,
  thoseWhoDoNotComeHoldUpNobody,
  thoseWhoNeverComeAreForgotten,
  limitsOfAskersMayDiffer,
  keysOfPermitsAreAnyTexts,
  permitsAreTold,
  keysCount,
  keysAreSetOnce,
  keysLiveForTheirTime,
]

import { aRunGoesOnWhereItEnded } from './journal-store/a-run-goes-on-where-it-ended.ts'
import { anyMomentCanBeRead } from './journal-store/any-moment-can-be-read.ts'
import { closedJournalsTakeNothing } from './journal-store/closed-journals-take-nothing.ts'
import { compactionDropsWhatASnapshotStandsFor } from './journal-store/compaction-drops-what-a-snapshot-stands-for.ts'
import { entriesComeBackAsTheyWere } from './journal-store/entries-come-back-as-they-were.ts'
import { entriesComeInPages } from './journal-store/entries-come-in-pages.ts'
import { entriesFollowWithoutAGap } from './journal-store/entries-follow-without-a-gap.ts'
import { journalsWithoutEntriesAreNone } from './journal-store/journals-without-entries-are-none.ts'
import { manyRunsAreWrittenAtOnce } from './journal-store/many-runs-are-written-at-once.ts'
import { oneStoreWritesAtATime } from './journal-store/one-store-writes-at-a-time.ts'
import { othersReadWhileOneWrites } from './journal-store/others-read-while-one-writes.ts'
import { removedRunsLeaveNothing } from './journal-store/removed-runs-leave-nothing.ts'
import { runIdsAreToldApart } from './journal-store/run-ids-are-told-apart.ts'
import { runsAreListed } from './journal-store/runs-are-listed.ts'
import { runsHaveOneWriter } from './journal-store/runs-have-one-writer.ts'
import { snapshotsStandForEntries } from './journal-store/snapshots-stand-for-entries.ts'
import { unknownRunsAreUndefined } from './journal-store/unknown-runs-are-undefined.ts'
import { whatIsReadIsACopy } from './journal-store/what-is-read-is-a-copy.ts'
import type { JournalStoreBehaviour } from './journal-store-harness.ts'

/** What every journal store does. */
export const journalStoreBehaviours: readonly JournalStoreBehaviour[] = [
  entriesComeBackAsTheyWere,
  aRunGoesOnWhereItEnded,
  whatIsReadIsACopy,
  entriesFollowWithoutAGap,
  unknownRunsAreUndefined,
  journalsWithoutEntriesAreNone,
  runsHaveOneWriter,
  runIdsAreToldApart,
  snapshotsStandForEntries,
  anyMomentCanBeRead,
  entriesComeInPages,
  compactionDropsWhatASnapshotStandsFor,
  runsAreListed,
  removedRunsLeaveNothing,
  closedJournalsTakeNothing,
  othersReadWhileOneWrites,
  oneStoreWritesAtATime,
  manyRunsAreWrittenAtOnce,
]

import { HeddleError } from '../errors/heddle-error.ts'
import { isLastEvent } from '../model/last-event.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { JournalContents } from '../ports/journal-store.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { definitionInForce } from '../traversal/definition-in-force.ts'
import { readEvent } from '../traversal/journal-text.ts'
import type { RunSnapshot, SnapshotLimits } from '../traversal/run-snapshot.ts'
import { snapshotIn } from './journal-snapshot.ts'

/** What a journal tells of its run before anything of it is decided. */
export interface Began extends SnapshotLimits {
  /** Of the definition that it has now. */
  readonly definitionHash: string
  readonly workflowId: string
  readonly input: unknown
  readonly isEnded: boolean
  /** Child runs that it has cut off since its last snapshot. */
  readonly cutOff: readonly string[]
  /** Events since its last snapshot. */
  readonly sinceSnapshot: number
}

/** The contents of a journal as what they mean. */
export interface ReadJournal {
  readonly began: Began
  readonly snapshot: RunSnapshot | undefined
  /** The events after the snapshot; without one all of them. */
  readonly events: readonly RunEvent[]
}

/**
 * Reads what was found in a journal.
 *
 * @throws HeddleError `JOURNAL_CORRUPT`, and `INVALID_OPTION` if part of it is in a blob store that was not given
 */
export function readJournal(serializer: ISerializer, runId: string, contents: JournalContents): ReadJournal {
  const snapshot = snapshotIn(serializer, runId, contents)
  const events = contents.entries.map((entry) => readEvent(serializer, runId, entry))
  return { began: beganOf(runId, snapshot, events), snapshot, events }
}

function beganOf(runId: string, snapshot: RunSnapshot | undefined, events: readonly RunEvent[]): Began {
  const last = events.at(-1)
  const isEnded = last !== undefined && isLastEvent(last)
  const [first] = events
  const origin = snapshot ?? (first?.type === 'run.started' ? first : undefined)
  if (origin === undefined) {
    throw new HeddleError('JOURNAL_CORRUPT', `the journal of run "${runId}" does not begin with run.started`, {
      details: { runId, seq: first?.seq },
    })
  }
  const { workflowId, input } = origin
  const definitionHash = definitionInForce(events, origin.definitionHash)
  return {
    ...limitsOf(origin),
    definitionHash,
    workflowId,
    input,
    isEnded,
    cutOff: cutOffChildren(events),
    sinceSnapshot: events.length,
  }
}

/** What binds a run, by its snapshot or by the event that it began with. */
function limitsOf(origin: RunSnapshot | (RunEvent & { readonly type: 'run.started' })): SnapshotLimits {
  if ('limits' in origin) return origin.limits
  const { deadlineMs, depth, parentRunId, at: startedAt } = origin
  return { deadlineMs, depth, parentRunId, startedAt }
}

/** The child runs that nobody waits for since they were cut off, whether they are cancelled or not. */
function cutOffChildren(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'child.settled' && event.status === 'cancelled' ? [event.childRunId] : [],
  )
}

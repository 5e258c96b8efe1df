import type { HeddleError } from '../../errors/heddle-error.ts'
import type { Explanation } from '../../model/explanation.ts'
import type { Resumption, Suspension } from '../../model/outcome.ts'
import type { OpenWait } from '../../model/workflow-result.ts'
import type { VisitName } from '../../model/visit.ts'
import type { RunSnapshot } from '../../traversal/run-snapshot.ts'
import type { WaitEnd } from './wait-book.ts'

/** An answer to a wait, on its way to the run that the wait belongs to. */
export interface GivenAnswer {
  /** The run that was asked, and what it was asked for: for errors. */
  readonly runId: string
  readonly nameOrId: string
  readonly payload: unknown
  readonly action?: string
}

/** A child run in this process, as its parent sees it. */
export interface ChildRun {
  readonly runId: string
  /** See `StartedChild`. */
  readonly startedAs?: string | undefined
  /** Begins the run; called once, when the parent is ready to hear of it. */
  begin(): void
  /** Resolves when the run is open or cannot be, if that takes time. */
  whenOpen(): Promise<void> | undefined
  /**
   * Cancels the run. One with a journal of its own is cancelled after its parent has written that it cut it off, so that a process that
   * ends between the two leaves a child to be cancelled, and no parent that takes the cancel for an outcome.
   *
   * @returns a promise of that, where it takes time
   */
  cancel(reason: string): void | Promise<void>
  /** Stops carrying the run out, without an end: see `InProcessRun.abandon`. */
  abandon(error: HeddleError): void
  /** The open waits, with the ids that the child itself lists. */
  waits(): readonly OpenWait[]
  /** How its waits ended that are over, by these ids. */
  endedWaits(): ReadonlyMap<string, WaitEnd>
  /** Whether a wait of this name, of which the last one ended so, may open again in it. */
  mayOpen(name: string, last: WaitEnd): boolean
  /** The run as plain data; `undefined` if it keeps a journal of its own. */
  snapshot(): RunSnapshot | undefined
  /** Why it does not move. */
  explain(): Explanation
  /** Answers an open wait by the id that the child itself lists. @throws HeddleError as `InProcessRun.resume` does */
  answer(waitId: string, answer: GivenAnswer): Promise<void>
}

/** What a parent run asks for. */
export interface ChildRequest {
  readonly parentRunId: string
  readonly visit: VisitName
  /** Number of the parent visit's attempt: a retry starts another child. */
  readonly attempt: number
  readonly on: Extract<Suspension, { type: 'child' }>
  /** How deep the child is nested: 1 for the child of a run without a parent. */
  readonly depth: number
  /** The child as it was, if its parent was restored. */
  readonly snapshot?: RunSnapshot
  /** See `StartedChild`. */
  readonly startedAs?: string
  /** Resolves when the parent has written what it decides now, where it writes events; or when it cannot, with false. */
  readonly whenWritten: () => Promise<boolean>
  /**
   * Ends what is past its time in the parent and above it: the child itself may be. Called before anything from outside reaches the child.
   *
   * @returns a promise where that takes time
   */
  readonly passDeadlines: () => Promise<void> | undefined
  readonly onSettled: (
    resumption: Extract<Resumption, { type: 'child-completed' | 'child-failed' }>,
    status: 'completed' | 'failed' | 'cancelled',
  ) => void
  /** The child cannot go on in this process, and so neither can its parent. */
  readonly onBroken: (error: HeddleError) => void
  /** The child only waits for something external now; or it is under way again. */
  readonly onActive: (isActive: boolean) => void
}

import type { CompletedOutcome } from '../model/outcome.ts'
import type { UndoEntry, Visit } from './visit.ts'

/**
 * What a run that fails would have to undo: the visits that did something, of nodes with a `compensate`. While the run lives it grows
 * at its end; a run that is compensated puts it in order and takes from its end what it has undone.
 *
 * The kernel reads and writes it through this contract only: an array in memory, named cells in a store.
 */
export interface UndoLog {
  /** Whether the start of every attempt was told. Over a store it is not: attempts are claimed without a decision. */
  readonly seesStarts: boolean
  /** Notes a visit, in the order of completion; a later note of the same visit takes the place of an earlier one. */
  add(visit: Visit, isOutcomeKnown: boolean, outcome?: CompletedOutcome): void
  /** Puts what was noted into order: see {@link undoOrder}. */
  arrange(): void
  /** The visit that is undone now or next. */
  last(): UndoEntry | undefined
  removeLast(): void
  /** Sees to it that where every visit stands is at hand. */
  requireAll(): void
}

/**
 * The order from which visits are undone, the last one first: those that completed in the order of their completion; after them those
 * of unknown outcome, since nothing that completed can have come out of these. Of several entries for one visit the last one counts.
 *
 * @param keyOf tells whether two entries are about the same visit
 */
export function undoOrder<Entry extends { readonly isOutcomeKnown: boolean }>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => unknown,
): Entry[] {
  const latest = new Map(entries.map((entry) => [keyOf(entry), entry]))
  const counted = entries.filter((entry) => latest.get(keyOf(entry)) === entry)
  return [
    ...counted.filter(({ isOutcomeKnown }) => isOutcomeKnown),
    ...counted.filter(({ isOutcomeKnown }) => !isOutcomeKnown),
  ]
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import { beginningDropped, checkJournal } from './check-journal.ts'
import { foldJournal, type FoldedRun } from './fold-journal.ts'
import { inPresentNames } from './present-names.ts'

/** How many events lie between two places that are kept. */
const eventsBetween = 4096

/**
 * A run's journal to move about in: where the run stood after any of its events, under the names that its nodes had then. The first look
 * at a place folds all events before it that no look has folded yet, about 2.5 µs each: a first look at the end of 100,000 events takes a
 * quarter of a second. Places are kept on the way, so that later looks fold a few thousand events at most, in a few milliseconds.
 *
 * @example
 * ```ts
 * const timeline = new Timeline(blueprint, await run.journal())
 * timeline.at(120).visits.get('publish') // 'running'
 * ```
 */
export class Timeline {
  private readonly blueprint: WorkflowBlueprint
  private readonly journal: readonly RunEvent[]
  private readonly eras: readonly Era[]

  /**
   * @param journal all events of the run, in order; those that a compaction has left can be held, and not looked at
   * @throws HeddleError `JOURNAL_CORRUPT` if events are missing or out of order, `DEFINITION_MISMATCH` if the run never had this definition
   */
  constructor(blueprint: WorkflowBlueprint, journal: readonly RunEvent[]) {
    if (!isCompacted(journal)) checkJournal(blueprint, journal)
    this.blueprint = blueprint
    this.journal = journal
    const ends = journal.flatMap((event, at) => (event.type === 'run.migrated' ? [at] : []))
    this.eras = [...ends, journal.length].map((end) => ({ end, journal: undefined, kept: [] }))
  }

  /** How many events the run has: the last `seq`. */
  get length(): number {
    return this.journal.at(-1)?.seq ?? 0
  }

  /**
   * Where the run stood after an event; 0 for before the first one.
   *
   * @throws HeddleError `INVALID_OPTION` if the run has no such event, or the beginning of its journal was dropped by a compaction: what
   *   is left does not tell where the run stood
   */
  at(seq: number): FoldedRun {
    const [first] = this.journal
    const runId = first?.runId ?? ''
    if (first !== undefined && isCompacted(this.journal)) throw beginningDropped(first, seq)
    if (!Number.isInteger(seq) || seq < 0 || seq > this.length) {
      throw new HeddleError(
        'INVALID_OPTION',
        `run "${runId}" has no event ${seq}; its events are numbered from 1 to ${this.length}`,
        { details: { runId, option: 'seq', given: seq, length: this.length } },
      )
    }
    const era = this.eras.find(({ end }) => seq <= end) ?? { end: seq, journal: undefined, kept: [] }
    era.journal ??= inPresentNames(this.journal.slice(0, era.end))
    const before = this.keptBefore(era, era.journal, Math.floor(seq / eventsBetween))
    return this.fold(era.journal.slice(before?.seq ?? 0, seq), before)
  }

  private fold(events: readonly RunEvent[], from: FoldedRun | undefined): FoldedRun {
    return foldJournal(this.blueprint, events, undefined, { from, isPart: true })
  }

  /** The kept place of this number, counted from the first one; 0 is the beginning. */
  private keptBefore({ kept }: Era, journal: readonly RunEvent[], number: number): FoldedRun | undefined {
    for (let at = kept.length; at < number; at++) {
      const events = journal.slice(at * eventsBetween, (at + 1) * eventsBetween)
      kept.push(this.fold(events, kept.at(-1)))
    }
    return number === 0 ? undefined : kept[number - 1]
  }
}

function isCompacted([first]: readonly RunEvent[]): boolean {
  return first !== undefined && first.seq > 1
}

/** A stretch of a run in which its nodes had the same names: from one migration to the next. */
interface Era {
  /** How many events there are before its end. */
  readonly end: number
  /** Those, under its names. */
  journal: readonly RunEvent[] | undefined
  readonly kept: FoldedRun[]
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import { foldJournal, type FoldedRun } from './fold-journal.ts'

/** How many events lie between two places that are kept. */
const eventsBetween = 4096

/**
 * A run's journal to move about in: where the run stood after any of its events. The first look at a place folds the events before it;
 * places are kept on the way, so that later looks fold a few thousand events at most.
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
  private readonly kept: FoldedRun[] = []

  /** @param journal all events of the run, in order */
  constructor(blueprint: WorkflowBlueprint, journal: readonly RunEvent[]) {
    this.blueprint = blueprint
    this.journal = journal
  }

  /** How many events the run has: the last `seq`. */
  get length(): number {
    return this.journal.length
  }

  /**
   * Where the run stood after an event; 0 for before the first one.
   *
   * @throws HeddleError `INVALID_OPTION` if the run has no such event
   */
  at(seq: number): FoldedRun {
    if (!Number.isInteger(seq) || seq < 0 || seq > this.length) {
      const [first] = this.journal
      const runId = first?.runId ?? ''
      throw new HeddleError(
        'INVALID_OPTION',
        `run "${runId}" has no event ${seq}; its events are numbered from 1 to ${this.length}`,
        { details: { runId, option: 'seq', given: seq, length: this.length } },
      )
    }
    const before = this.keptBefore(Math.floor(seq / eventsBetween))
    return foldJournal(this.blueprint, this.journal.slice(before?.seq ?? 0, seq), undefined, before)
  }

  /** The kept place of this number, counted from the first one; 0 is the beginning. */
  private keptBefore(number: number): FoldedRun | undefined {
    for (let at = this.kept.length; at < number; at++) {
      const events = this.journal.slice(at * eventsBetween, (at + 1) * eventsBetween)
      this.kept.push(foldJournal(this.blueprint, events, undefined, this.kept.at(-1)))
    }
    return number === 0 ? undefined : this.kept[number - 1]
  }
}

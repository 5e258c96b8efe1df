import type { CompletedOutcome } from '../model/outcome.ts'
import type { FlatFrame } from './flat-frame.ts'
import { undoOrder, type UndoLog } from './undo-log.ts'
import type { UndoEntry, Visit } from './visit.ts'

/** An entry in memory, with what the visit was given and gave; the kernel never reads these. */
export interface FlatUndoEntry extends UndoEntry {
  /** Whether its input was kept. */
  readonly hasInput: boolean
  readonly input: unknown
  readonly output: unknown
  /** Of an item of a map. */
  readonly item: unknown
}

/** The log of a run in memory. */
export class FlatUndoLog implements UndoLog {
  readonly seesStarts: boolean = true
  entries: FlatUndoEntry[] = []

  add(visit: Visit, isOutcomeKnown: boolean, outcome?: CompletedOutcome): void {
    const item = (visit.frame as FlatFrame).items(visit.itemsKey)?.values[visit.item]
    const hasInput = outcome !== undefined && 'input' in outcome
    this.entries.push({ visit, isOutcomeKnown, hasInput, input: outcome?.input, output: outcome?.output, item })
  }

  arrange(): void {
    const frames = new Map<unknown, number>()
    for (const { visit } of this.entries) if (!frames.has(visit.frame)) frames.set(visit.frame, frames.size)
    this.entries = undoOrder(this.entries, ({ visit: { node, frame, item, insteadOf } }) =>
      [frames.get(frame), node, item, insteadOf].join('/'),
    )
  }

  last(): FlatUndoEntry | undefined {
    return this.entries.at(-1)
  }

  removeLast(): void {
    this.entries.pop()
  }

  requireAll(): void {
    // Frames in memory are always at hand.
  }
}

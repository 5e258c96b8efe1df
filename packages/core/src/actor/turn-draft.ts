import type { RunMessage } from '../model/run-message.ts'
import type { JournalEntry } from '../model/stored-event.ts'
import type { NewChild, NewDispatch, NewTimer, NewWait, TurnChanges } from '../ports/turn-store.ts'

/** What the events of one commit change, put together event by event. Made anew for each try of an event, and added when it is kept. */
export class TurnDraft {
  readonly values: Record<string, string> = {}
  readonly journal: JournalEntry[] = []
  readonly handled: string[] = []
  readonly dispatches: Map<string, NewDispatch> = new Map()
  readonly dropped: Set<string> = new Set()
  readonly waits: NewWait[] = []
  readonly timers: NewTimer[] = []
  readonly children: NewChild[] = []
  readonly messages: RunMessage[] = []
  readonly expansions: string[] = []
  readonly failures: string[] = []
  end: TurnChanges['end']

  /** Ends the dispatch of a visit, and one that this commit would have made. */
  drop(visitKey: string): void {
    this.dispatches.delete(visitKey)
    this.dropped.add(visitKey)
  }

  dispatch(dispatch: NewDispatch): void {
    this.dispatches.set(dispatch.visitKey, dispatch)
  }

  /** Adds what a later event changed. */
  add(later: TurnDraft): void {
    Object.assign(this.values, later.values)
    for (const key of later.dropped) this.drop(key)
    for (const dispatch of later.dispatches.values()) this.dispatch(dispatch)
    for (const list of [
      'journal',
      'handled',
      'waits',
      'timers',
      'children',
      'messages',
      'expansions',
      'failures',
    ] as const) {
      const target: unknown[] = this[list]
      target.push(...later[list])
    }
    this.end ??= later.end
  }

  /** Whether nothing was handled. */
  get isEmpty(): boolean {
    return this.handled.length === 0
  }

  /** The changes, together with those of the cells. */
  toChanges(cells: TurnChanges['cells']): TurnChanges {
    const {
      values,
      journal,
      handled,
      dispatches,
      dropped,
      waits,
      timers,
      children,
      messages,
      expansions,
      failures,
      end,
    } = this
    return {
      cells,
      values,
      journal,
      handled,
      dispatches: [...dispatches.values()],
      dropped: [...dropped],
      waits,
      timers,
      children,
      messages,
      expansions,
      failures,
      ...(end === undefined ? {} : { end }),
    }
  }
}

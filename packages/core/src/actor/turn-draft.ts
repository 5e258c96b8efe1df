import type { RunMessage } from '../model/run-message.ts'
import type { JournalEntry } from '../model/stored-event.ts'
import type { NewDispatch } from '../ports/new-dispatch.ts'
import type { NewChild, NewTimer, NewWait, TurnChanges } from '../ports/turn-store.ts'

/** What the events of one commit change, put together event by event. Made anew for each try of an event, and added when it is kept. */
export class TurnDraft {
  readonly values: Record<string, string> = {}
  readonly journal: JournalEntry[] = []
  readonly handled: string[] = []
  readonly dispatches: Map<string, NewDispatch> = new Map()
  readonly dropped: Set<string> = new Set()
  readonly cutOff: Set<string> = new Set()
  readonly endedWaits: string[] = []
  readonly endedTimers: string[] = []
  readonly endedChildren: string[] = []
  readonly waits: NewWait[] = []
  readonly timers: NewTimer[] = []
  readonly children: NewChild[] = []
  readonly messages: RunMessage[] = []
  readonly expansions: string[] = []
  readonly failures: string[] = []
  end: TurnChanges['end']
  /** Keys of the visits that are open when the run stops in order to be compensated. */
  recall: readonly string[] | undefined

  /** Ends the dispatch of a visit, and one that this commit would have made. */
  drop(visitKey: string): void {
    this.dispatches.delete(visitKey)
    this.dropped.add(visitKey)
  }

  /** Ends whatever is under way for a visit; it has settled. */
  cutOffVisit(visitKey: string): void {
    this.drop(visitKey)
    this.cutOff.add(visitKey)
  }

  dispatch(dispatch: NewDispatch): void {
    this.dispatches.set(dispatch.visitKey, dispatch)
  }

  /** Adds what a later event changed. */
  add(later: TurnDraft): void {
    Object.assign(this.values, later.values)
    this.forget(later)
    for (const key of later.dropped) this.drop(key)
    for (const key of later.cutOff) this.cutOff.add(key)
    for (const dispatch of later.dispatches.values()) this.dispatch(dispatch)
    for (const list of [
      'journal',
      'handled',
      'endedWaits',
      'endedTimers',
      'endedChildren',
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
    this.recall ??= later.recall
  }

  /** What an earlier event of the commit opened and a later one ends is not opened at all. */
  private forget({ endedWaits, endedTimers, endedChildren }: TurnDraft): void {
    remove(this.waits, ({ wait }) => endedWaits.includes(wait.waitId))
    remove(this.timers, ({ id }) => endedTimers.includes(id))
    remove(this.children, ({ childRunId }) => endedChildren.includes(childRunId))
    const starts = new Set(endedChildren.map((childRunId) => `start/${childRunId}`))
    remove(this.messages, ({ id }) => starts.has(id))
  }

  /** Whether nothing was handled. */
  get isEmpty(): boolean {
    return this.handled.length === 0
  }

  /** The changes, together with those of the cells. */
  toChanges(cells: TurnChanges['cells']): TurnChanges {
    const { recall, end, cutOff, endedWaits, endedTimers, endedChildren } = this
    const hasEnded = endedWaits.length + endedTimers.length + endedChildren.length > 0
    const endedWaiting = { waits: endedWaits, timers: endedTimers, children: endedChildren }
    return {
      cells,
      values: this.values,
      journal: this.journal,
      handled: this.handled,
      dispatches: [...this.dispatches.values()],
      dropped: [...this.dropped].filter((key) => !cutOff.has(key)),
      cutOff: [...cutOff],
      ...(hasEnded ? { endedWaiting } : {}),
      waits: this.waits,
      timers: this.timers,
      children: this.children,
      messages: this.messages,
      expansions: this.expansions,
      failures: this.failures,
      ...(recall === undefined ? {} : { recall }),
      ...(end === undefined ? {} : { end }),
    }
  }
}

function remove<T>(list: T[], isOver: (entry: T) => boolean): void {
  for (let at = list.length - 1; at >= 0; at--) if (isOver(list[at] as T)) list.splice(at, 1)
}

import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { LastRounds } from '../traversal/last-rounds.ts'
import type { EndedWait } from '../traversal/run-snapshot.ts'
import type { NewNames } from '../traversal/new-names.ts'

/** A wait that is over. Its id is what stands before and behind the key of its visit. */
interface RecordedWait {
  readonly visit: VisitName
  readonly before: string
  readonly behind: string
  readonly end: EndedWait[1]
}

/** How the waits of a journal ended that are over, in order. */
export class RecordedWaits {
  private over: Map<string, RecordedWait> = new Map()

  read(event: RunEvent): void {
    if (event.type === 'wait.opened') this.over.delete(event.waitId)
    if (event.type !== 'wait.answered' && event.type !== 'wait.expired') return
    const { waitId, name, type } = event
    const start = name.length + 1
    const behind = waitId.slice(start + visitKey(event).length)
    const end = type === 'wait.answered' ? 'answered' : 'expired'
    this.over.delete(waitId)
    this.over.set(waitId, { visit: event, before: waitId.slice(0, start), behind, end })
  }

  /** From here on the visits have other names. */
  rename(names: NewNames): void {
    const renamed = [...this.over.values()].map((wait) => ({ ...wait, visit: names.visit(wait.visit) }))
    this.over = new Map(renamed.map((wait) => [idOf(wait, wait.visit), wait]))
  }

  renamed(names: NewNames): EndedWait[] {
    const renamed = [...this.over.values()].map((wait) => [idOf(wait, names.visit(wait.visit)), wait.end] as const)
    return new LastRounds(renamed).entries()
  }
}

function idOf({ before, behind }: RecordedWait, visit: VisitName): string {
  return `${before}${visitKey(visit)}${behind}`
}

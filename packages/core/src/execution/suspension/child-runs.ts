import type { HeddleError } from '../../errors/heddle-error.ts'
import { idInChild, idInParent, waitInParent } from '../../model/wait-id.ts'
import type { OpenWait } from '../../model/workflow-result.ts'
import { LastRounds } from '../../traversal/last-rounds.ts'
import type { EndedWait, StartedChild } from '../../traversal/run-snapshot.ts'
import type { ChildRun } from '../engine/child-run.ts'
import type { WaitEnd } from '../engine/wait-book.ts'

/** The child runs of one run in this process, by the visits, or the durable calls of visits, that wait for them: see `childPlace`. */
export class ChildRuns {
  private readonly live: Map<string, ChildRun> = new Map()
  /** How the waits of the children that are over ended, by the parent's ids: by place, since a retry makes another child. */
  private readonly over: LastRounds<Map<string, WaitEnd>> = new LastRounds()

  /** @param ended how waits ended before the run was restored, those of the run itself among them */
  constructor(ended: readonly EndedWait[]) {
    for (const [waitId, how] of ended) {
      const inside = idInChild(waitId)
      if (inside === undefined) continue
      const ends = this.over.get(inside.place) ?? new Map<string, WaitEnd>()
      this.over.set(inside.place, ends.set(waitId, how))
    }
  }

  add(place: string, child: ChildRun): void {
    this.over.delete(place)
    this.live.set(place, child)
  }

  /** The live child of a place. */
  of(place: string): ChildRun | undefined {
    return this.live.get(place)
  }

  /** What a snapshot keeps of the live child of a place. */
  kept(place: string): StartedChild | undefined {
    const child = this.live.get(place)
    if (child === undefined) return undefined
    const snapshot = child.snapshot()
    const { startedAs } = child
    return { ...(snapshot === undefined ? {} : { snapshot }), ...(startedAs === undefined ? {} : { startedAs }) }
  }

  /** The child of a place is over; how its waits ended is kept. */
  settle(place: string): void {
    const ended = this.endedOf(place)
    if (ended.size > 0) this.over.set(place, ended)
    this.live.delete(place)
  }

  /** Lets go of all children without an end. */
  abandon(error: HeddleError): void {
    for (const child of this.live.values()) child.abandon(error)
  }

  /** The open waits of all children, with the parent's ids. */
  waits(): OpenWait[] {
    return [...this.live].flatMap(([place, child]) => child.waits().map((wait) => waitInParent(place, wait)))
  }

  /** Whether a wait of this name, of which the last one ended so, may open again in a live child. */
  mayOpen(name: string, last: WaitEnd): boolean {
    return [...this.live.values()].some((child) => child.mayOpen(name, last))
  }

  /** How waits of children ended, by the parent's ids. */
  endedWaits(): EndedWait[] {
    return [...this.endedOfSettled(), ...[...this.live.keys()].flatMap((place) => [...this.endedOf(place)])]
  }

  /** The same without those of live children. */
  endedOfSettled(): EndedWait[] {
    return this.over.entries().flatMap(([, ended]) => [...ended])
  }

  private endedOf(place: string): Map<string, WaitEnd> {
    const ended = this.live.get(place)?.endedWaits() ?? new Map<string, WaitEnd>()
    return new Map([...ended].map(([waitId, how]) => [idInParent(place, waitId), how]))
  }
}

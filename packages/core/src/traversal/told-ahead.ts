import type { ContextWrite, Expansion } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'

/** What a journal tells before the outcome that brings it. */
export interface CommittedAhead {
  /** Writes to shared values. */
  readonly writes: readonly ContextWrite[]
  /** What was added to the graph. */
  readonly expansion: Expansion | undefined
}

/** Gathers what a journal tells of a commit until it tells of the outcome that the commit belongs to. */
export class ToldAhead {
  private writes: ContextWrite[] = []
  private expansion: Expansion | undefined

  /** Whether nothing waits for its outcome. */
  get isEmpty(): boolean {
    return this.writes.length === 0 && this.expansion === undefined
  }

  add(event: RunEvent & { readonly type: 'context.changed' | 'graph.expanded' }): void {
    if (event.type === 'graph.expanded') {
      this.expansion = event.expansion
      return
    }
    const { key, value, replace } = event
    this.writes.push({ key, value, ...(replace === undefined ? {} : { replace }) })
  }

  /** Hands over what was told, to its outcome. */
  take(): CommittedAhead {
    const { writes, expansion } = this
    this.writes = []
    this.expansion = undefined
    return { writes, expansion }
  }
}

type Listener = () => void

/** Where hints come from; it is listened to only while somebody wants hints. */
export type HintSource = (tell: (runId: string) => void) => () => void

/** Tells in this process that a run in a store may have changed, so that whoever waits for that looks at once. */
export class RunHints {
  private readonly source: HintSource | undefined
  private readonly listeners: Map<string, Set<Listener>> = new Map()
  private stopSource: (() => void) | undefined

  /** @param source brings hints beside those of `tell`, and answers what stops it */
  constructor(source?: HintSource) {
    this.source = source
  }

  /** A run may have changed. */
  tell(runId: string): void {
    for (const changed of this.listeners.get(runId) ?? []) changed()
  }

  /**
   * Calls back whenever a run may have changed.
   *
   * @returns stops it
   */
  listen(runId: string, changed: Listener): () => void {
    const listeners = this.listeners.get(runId) ?? new Set()
    this.listeners.set(runId, listeners.add(changed))
    this.stopSource ??= this.source?.((changedId) => this.tell(changedId))
    return () => {
      listeners.delete(changed)
      if (listeners.size === 0 && this.listeners.get(runId) === listeners) this.listeners.delete(runId)
      if (this.listeners.size > 0) return
      this.stopSource?.()
      this.stopSource = undefined
    }
  }
}

/** Runs that are due, and when the next one will be. */
export interface DueRuns {
  readonly runIds: readonly string[]
  /** Milliseconds from now; absent if nothing is due ever. */
  readonly nextInMs?: number
}

/** The index of runs by the time at which somebody has to look at them. Kept by every operation that changes a run. */
export interface IDueIndex {
  /**
   * Takes runs that are due, earliest first, by moving their time: nobody else gets them within `holdMs`, and if the taker dies they
   * are due again afterwards.
   */
  takeDue(limit: number, holdMs: number): Promise<DueRuns>
}

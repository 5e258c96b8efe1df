/** Runs and keys of permits that are due, and when the next one will be. */
export interface DueRuns {
  readonly runIds: readonly string[]
  /** Keys of permits that are due: see `IPermits.tendPermits`. */
  readonly permitKeys?: readonly string[]
  /** Milliseconds from now; absent if nothing is due ever. */
  readonly nextInMs?: number
}

/** The index of runs by the time at which somebody has to look at them. Kept by every operation that changes a run. */
export interface IDueIndex {
  /**
   * Takes runs, and keys of permits, that are due, earliest first, by moving their time: nobody else gets them within `holdMs`, and if the taker dies they
   * are due again afterwards.
   */
  takeDue(limit: number, holdMs: number): Promise<DueRuns>
}

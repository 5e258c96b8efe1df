/** Whoever drives a run in this process: attempts its visits, and learns from the run when there is something to do. */
export interface RunDriver {
  /** Visits became ready by themselves: a timer, an answer, a child run. */
  workDue(): void
  /** The run has settled, or only waits for something external. */
  restDue(): void
}

/** The driver of a run that nobody drives. */
export const noDriver: RunDriver = { workDue: () => undefined, restDue: () => undefined }

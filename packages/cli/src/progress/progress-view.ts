import type { RunEvent } from '@heddle/core'

/** Shows how a run goes. */
export interface ProgressView {
  take(event: RunEvent): void
  /** A line that stays: of the log, of the command. */
  note(line: string): void
  /** What the user's code wrote by itself; any text, lines complete or not. */
  foreign(text: string): void
  /** The run is over; what is drawn in place goes away. */
  end(): void
}

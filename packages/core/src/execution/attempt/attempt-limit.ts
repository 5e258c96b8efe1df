/** What bounds the time of an attempt. */
export interface AttemptLimit {
  /** When this activation began, and how long the attempt had been active before, in milliseconds. */
  readonly since: number
  readonly beforeMs: number
  /** Ends the timer. */
  readonly cancel: () => void
}

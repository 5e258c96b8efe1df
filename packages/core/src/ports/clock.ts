/** The only source of time. Tests use a virtual one. */
export interface IClock {
  /** Milliseconds since 1970 (UTC). */
  now(): number
  /**
   * Calls back once, not before `delayMs` have passed. Any delay from 0 up works, also one beyond 2^31 - 1 ms (25 days); a
   * negative one counts as 0.
   *
   * @returns a function that cancels the call; after the call it does nothing
   */
  schedule(delayMs: number, callback: () => void): () => void
}

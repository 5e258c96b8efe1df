/**
 * Turns values of a run (outputs, shared values, events) into text and back. The default is {@link SuperjsonSerializer}.
 *
 * Both directions may throw a `HeddleError`: `NOT_SERIALISABLE` with the path to the value in `details.path`, or `LIMIT_EXCEEDED`
 * for text that is too long or nested too deeply.
 */
export interface ISerializer {
  /** Longest text in bytes of UTF-8, if it is bounded. Errors are cut to less than that. */
  readonly maxBytes?: number
  /** Turns a value into text. The value is not changed. */
  serialize(value: unknown): string
  /** The inverse of `serialize`: what comes back is equal to what went in. */
  deserialize(text: string): unknown
  /**
   * Checks that a value could be serialised, without doing it. Without this method a value is serialised to find out.
   *
   * @throws HeddleError as `serialize` does
   */
  check?(value: unknown): void
}

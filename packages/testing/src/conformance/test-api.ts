/** What the suites use of an assertion. vitest's and jest's `expect` have it. */
export interface Expectation {
  /** The same value, by `Object.is`. */
  toBe(expected: unknown): unknown
  /** Equal in structure. */
  toEqual(expected: unknown): unknown
  /** The fields that are named are equal. */
  toMatchObject(expected: object): unknown
}

/** Makes an assertion about a value; the message tells what it is about. */
export type Expect = (actual: unknown, message?: string) => Expectation

/** What the suites use of a test runner: hand in vitest's `{ describe, it, expect }`, or another runner's of the same form. */
export interface TestApi {
  /** Groups tests. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Registers a test. */
  readonly it: {
    (name: string, body: () => Promise<void>): unknown
    /** Registers a test that is not run. */
    readonly skip: (name: string, body: () => Promise<void>) => unknown
  }
  /** Makes an assertion. */
  readonly expect: Expect
}

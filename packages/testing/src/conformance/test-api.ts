/** What the suites use of an assertion. vitest's and jest's `expect` have it. */
export interface Expectation {
  toBe(expected: unknown): unknown
  toEqual(expected: unknown): unknown
  toMatchObject(expected: object): unknown
}

/** Makes an assertion about a value; the message tells what it is about. */
export type Expect = (actual: unknown, message?: string) => Expectation

/** What the suites use of a test runner: hand in vitest's `{ describe, it, expect }`, or another runner's of the same form. */
export interface TestApi {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: {
    (name: string, body: () => Promise<void>): unknown
    readonly skip: (name: string, body: () => Promise<void>) => unknown
  }
  readonly expect: Expect
}

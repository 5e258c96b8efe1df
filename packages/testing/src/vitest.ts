/**
 * Matchers for vitest. Importing this module changes nothing at run time; it adds the matchers to the types of vitest.
 *
 * @packageDocumentation
 */
import type { RunStatus } from '@heddle/core'
import type { ExpectStatic } from 'vitest'
import { heddleMatchers } from './matchers/heddle-matchers.ts'

export { heddleMatchers } from './matchers/heddle-matchers.ts'
export type { HeddleMatcherFunctions, MatcherContext, MatcherResult } from './matchers/heddle-matchers.ts'
export type { RunSubject } from './matchers/run-facts.ts'

/** The matchers as a test calls them, on a result, a stepper, an event recorder or a journal. */
export interface HeddleMatchers<R = unknown> {
  /** The run is `completed`, `failed`, `cancelled`, `awaiting` or `stalled`. */
  toHaveStatus(status: RunStatus): R
  /** All these nodes have completed (or their fallbacks did in their place); with `not`, none of them. */
  toHaveCompletedNodes(...ids: string[]): R
  /** No visit of these nodes was ever attempted; with `not`, none of them was left out. */
  toHaveSkipped(...ids: string[]): R
  /** The run has failed, and this is the code of one of its errors or of their causes. */
  toHaveFailedWith(code: string, nodeId?: string): R
  /** The node has this output, compared as `toEqual` does. */
  toHaveOutput(nodeId: string, value: unknown): R
  /** So many visits of the node were started (retries and items of a map not counted); without a number, at least one. */
  toHaveVisited(nodeId: string, times?: number): R
}

/**
 * Adds the matchers to vitest's `expect`, in a setup file or at the head of a test.
 *
 * @example
 * ```ts
 * import { expect } from 'vitest'
 * import { extendExpect } from '@heddle/testing/vitest'
 * extendExpect(expect)
 * ```
 */
export function extendExpect(expect: Pick<ExpectStatic, 'extend'>): void {
  expect.extend(heddleMatchers)
}

declare module 'vitest' {
  // The names and parameters of the interface that is added to are vitest's.
  // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-empty-object-type, typescript/no-empty-interface
  interface Matchers<T = any> extends HeddleMatchers<T> {}
}

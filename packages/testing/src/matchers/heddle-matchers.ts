import type { RunStatus } from '@heddle/core'
import { readRunFacts, type ErrorFacts, type RunFacts } from './run-facts.ts'

/** What a matcher needs of the test runner: vitest and jest both have it. */
export interface MatcherContext {
  /** Whether it was called as `expect(…).not`. */
  readonly isNot: boolean
  /** Compares as `toEqual` does, asymmetric matchers included. */
  readonly equals: (actual: unknown, expected: unknown) => boolean
  readonly utils: {
    /** Shows a value that was found. */
    readonly printReceived: (value: unknown) => string
    /** Shows a value that was asked for. */
    readonly printExpected: (value: unknown) => string
  }
}

/** What a matcher answers. */
export interface MatcherResult {
  readonly pass: boolean
  /** What is told if the matcher fails. */
  readonly message: () => string
  readonly actual?: unknown
  readonly expected?: unknown
}

/**
 * Matchers for results, steppers, event recorders and journals. Importing them has no effect: hand them to `expect.extend`, or call
 * `extendExpect(expect)`.
 */
export type HeddleMatcherFunctions = {
  /** The run stands there. */
  toHaveStatus(this: MatcherContext, received: unknown, status: RunStatus): MatcherResult
  /** All these nodes have completed; with `not`, none of them. */
  toHaveCompletedNodes(this: MatcherContext, received: unknown, ...ids: readonly string[]): MatcherResult
  /** No visit of these nodes was attempted; with `not`, none of them was left out. */
  toHaveSkipped(this: MatcherContext, received: unknown, ...ids: readonly string[]): MatcherResult
  /** The run has failed, and one of its errors, or a cause of one, has this code. */
  toHaveFailedWith(this: MatcherContext, received: unknown, code: string, nodeId?: string): MatcherResult
  /** The node has an output that equals the value. */
  toHaveOutput(this: MatcherContext, received: unknown, nodeId: string, value: unknown): MatcherResult
  /** So many visits of the node were started; without a number, at least one. */
  toHaveVisited(this: MatcherContext, received: unknown, nodeId: string, times?: number): MatcherResult
}

/**
 * The matchers by name.
 *
 * @example
 * ```ts
 * import { expect } from 'vitest'
 * expect.extend(heddleMatchers)
 * expect(result).toHaveStatus('completed')
 * expect(result).toHaveCompletedNodes('fetch', 'publish')
 * ```
 */
export const heddleMatchers: HeddleMatcherFunctions = {
  toHaveStatus(received, status) {
    const facts = readRunFacts(received)
    return {
      pass: facts.status === status,
      message: () =>
        `expected the run ${not(this)}to be ${status}, and it is ${facts.status ?? 'of unknown status'}${showErrors(facts)}`,
      actual: facts.status,
      expected: status,
    }
  },
  toHaveCompletedNodes(received, ...ids) {
    const facts = readRunFacts(received)
    return compareIds(this, 'completed', ids, [...facts.outputs.keys()], facts)
  },
  toHaveSkipped(received, ...ids) {
    const facts = readRunFacts(received)
    return compareIds(this, 'skipped', ids, facts.skipped, facts)
  },
  toHaveFailedWith(received, code, nodeId) {
    const facts = readRunFacts(received)
    const isIt = (error: ErrorFacts): boolean =>
      error.codes.includes(code) && (nodeId === undefined || error.nodeId === nodeId)
    return {
      pass: facts.status === 'failed' && facts.errors.some((error) => isIt(error)),
      message: () =>
        `expected the run ${not(this)}to have failed with ${code}${nodeId === undefined ? '' : ` at node "${nodeId}"`}, and it is ${facts.status ?? 'of unknown status'}${showErrors(facts)}`,
    }
  },
  toHaveOutput(received, nodeId, value) {
    const facts = readRunFacts(received)
    const actual = facts.outputs.get(nodeId)
    const { printReceived, printExpected } = this.utils
    const known = facts.outputs.has(nodeId)
      ? `it is ${printReceived(actual)}`
      : `it has none; outputs are there of ${list([...facts.outputs.keys()])}`
    return {
      pass: facts.outputs.has(nodeId) && this.equals(actual, value),
      message: () =>
        `expected the output of node "${nodeId}" ${not(this)}to be ${printExpected(value)}, and ${known}${showErrors(facts)}`,
      actual,
      expected: value,
    }
  },
  toHaveVisited(received, nodeId, times) {
    const { visits } = readRunFacts(received)
    const count = visits?.get(nodeId) ?? 0
    return {
      pass: visits !== undefined && (times === undefined ? count > 0 : count === times),
      message: () => {
        if (visits === undefined) return 'toHaveVisited counts events: hand it a stepper, a recorder or a journal'
        const all = [...visits].map(([id, number]) => `${id} ${number}×`)
        return `expected node "${nodeId}" ${not(this)}to have been visited${times === undefined ? '' : ` ${times}×`}, and it was ${count}×; visits: ${list(all)}`
      },
      actual: count,
      expected: times,
    }
  },
}

function not({ isNot }: MatcherContext): string {
  return isNot ? 'not ' : ''
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.join(', ')
}

/** With `not`, no node of the list may be among those that are there: neither all of them nor one. */
function compareIds(
  context: MatcherContext,
  what: string,
  ids: readonly string[],
  actual: readonly string[],
  facts: RunFacts,
): MatcherResult {
  const there = ids.filter((id) => actual.includes(id))
  const wrong = context.isNot ? there : ids.filter((id) => !actual.includes(id))
  return {
    pass: context.isNot ? there.length > 0 : wrong.length === 0,
    message: () =>
      `expected ${list(ids)} ${not(context)}to be ${what}, but ${list(wrong)} ${wrong.length === 1 ? 'is' : 'are'}${context.isNot ? '' : ' not'}; ${what}: ${list(actual)}${showErrors(facts)}`,
    actual,
    expected: ids,
  }
}

function showErrors({ errors }: RunFacts): string {
  const lines = errors.map(
    ({ codes, nodeId, message }) =>
      `\n  ${codes[0] ?? 'error'}${nodeId === undefined ? '' : ` at "${nodeId}"`}: ${message}`,
  )
  return lines.length === 0 ? '' : `\nits errors:${lines.join('')}`
}

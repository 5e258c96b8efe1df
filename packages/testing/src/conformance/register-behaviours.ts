import { HeddleError } from '@heddle/core'
import type { TestApi } from './test-api.ts'

/** One thing that every implementation of a port does, and how to find out. */
export interface Behaviour<Harness> {
  /** A sentence about the behaviour, unique in its suite: the name of the test. */
  readonly name: string
  /** Rejects if the implementation does not behave so. */
  readonly run: (harness: Harness) => Promise<void>
}

/** Options of every suite. */
export interface SuiteOptions {
  /** The test runner: `{ describe, it, expect }` of vitest, or another one of the same form. */
  readonly test: TestApi
  /** Behaviours that this implementation does not have, by name, each with the reason. They are shown as skipped. */
  readonly skip?: Readonly<Record<string, string>>
}

/**
 * Registers one test for each behaviour.
 *
 * @param open makes a new harness for one test, and says how to close it
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of a behaviour that the suite does not have
 */
export function registerBehaviours<Harness>(
  title: string,
  behaviours: readonly Behaviour<Harness>[],
  { test, skip = {} }: SuiteOptions,
  open: () => Promise<{ readonly harness: Harness; readonly close: () => Promise<void> }>,
): void {
  const reasons = new Map(Object.entries(skip))
  checkReasons(title, behaviours, reasons)
  test.describe(title, () => {
    for (const { name, run } of behaviours) {
      const body = async (): Promise<void> => {
        const { harness, close } = await open()
        try {
          await run(harness)
        } finally {
          await close()
        }
      }
      const reason = reasons.get(name)
      if (reason === undefined) test.it(name, body)
      else test.it.skip(`${name} (skipped: ${reason})`, body)
    }
  })
}

function checkReasons<Harness>(
  title: string,
  behaviours: readonly Behaviour<Harness>[],
  reasons: ReadonlyMap<string, string>,
): void {
  const names = new Set(behaviours.map(({ name }) => name))
  for (const [name, reason] of reasons) {
    if (!names.has(name)) throw invalidSkip(title, name, 'the suite has no such behaviour; has its name changed?')
    if (reason.trim() === '') throw invalidSkip(title, name, 'a skip needs a reason')
  }
}

function invalidSkip(title: string, name: string, problem: string): HeddleError {
  return new HeddleError('INVALID_OPTION', `${title} cannot skip "${name}": ${problem}`, { details: { title, name } })
}

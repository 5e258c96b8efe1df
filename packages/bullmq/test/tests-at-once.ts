import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, it, vi } from 'vitest'

type Body = () => Promise<void>

/** What is closed when a test ends: known to whatever the test calls. */
const closersOfTest = new AsyncLocalStorage<Body[]>()

/** Closes something when the test that runs now has ended, in the order of the calls. */
export function whenTestEnds(close: Body): void {
  closersOfTest.getStore()?.push(close)
}

/** The part of a test runner that suites register their tests with. */
interface Registration {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: ((name: string, body: Body) => unknown) & { readonly skip: (name: string, body: Body) => unknown }
}

/** Lets so many tests of this file run at a time, from all of its groups: for tests that wait more than they work. */
export function testsAtOnce(count: number): Registration {
  vi.setConfig({ maxConcurrency: count })
  const register = (name: string, body: Body): void => it.concurrent(name, () => closingAfter(body))
  return {
    describe: (name, body) => describe.concurrent(name, body),
    it: Object.assign(register, { skip: (name: string, body: Body) => it.skipIf(true)(name, body) }),
  }
}

async function closingAfter(body: Body): Promise<void> {
  const closers: Body[] = []
  try {
    await closersOfTest.run(closers, body)
  } finally {
    for (const close of closers) await close()
  }
}

import { retryDelayMs } from '../../kernel/retry.ts'
import type { RetryPolicy } from '../../model/blueprint.ts'
import { originalError, toErrorData, type ErrorData } from '../../model/error-data.ts'
import type { Engine } from '../engine/engine.ts'
import { asNodeError, type ThrowingAttempt } from '../checks/node-error.ts'

/** The attempt that a step belongs to. */
export interface TryingAttempt extends ThrowingAttempt {
  readonly engine: Engine
  readonly signal: AbortSignal
}

/** What a step came to. */
export type StepEnd = { readonly output: unknown } | { readonly error: ErrorData }

/**
 * Runs the function of a step, as often as its own policy allows.
 *
 * @param isOver whether the attempt has ended meanwhile
 * @returns `undefined` if the attempt was cut off between two tries
 */
export async function tryStep(
  attempt: TryingAttempt,
  fn: () => Promise<unknown>,
  policy: RetryPolicy | undefined,
  isOver: () => boolean,
): Promise<StepEnd | undefined> {
  for (let tries = 1; ; tries++) {
    let thrown: unknown
    try {
      return { output: await fn() }
    } catch (error) {
      thrown = error
    }
    const failure = asNodeError(attempt, thrown)
    const delayMs = retryDelayMs(policy, tries, failure, attempt.engine.random())
    if (delayMs === undefined) return { error: toErrorData(originalError(failure)) }
    // The signal costs something: it is asked for only where there is a next try.
    const { signal, engine } = attempt
    if (delayMs > 0) await delayUnlessAborted(engine, signal, delayMs)
    if (signal.aborted || isOver()) return undefined
  }
}

function delayUnlessAborted({ clock }: Engine, signal: AbortSignal, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const over = new AbortController()
    const cancel = clock.schedule(delayMs, () => {
      over.abort()
      resolve()
    })
    const stop = (): void => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true, signal: over.signal })
  })
}

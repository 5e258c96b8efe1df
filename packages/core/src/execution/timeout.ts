import { HeddleError } from '../errors/heddle-error.ts'
import type { AttemptContext } from './attempt-context.ts'

/**
 * Ends an attempt after `timeoutMs` even if its handler ignores the signal: the signal aborts, and the attempt fails with
 * `NODE_TIMEOUT`; whatever the handler does later is dropped.
 */
export function withTimeout(context: AttemptContext, timeoutMs: number, call: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const cancel = context.engine.clock.schedule(timeoutMs, () => {
      const error = new HeddleError('NODE_TIMEOUT', `node "${context.nodeId}" did not finish within ${timeoutMs} ms`, {
        details: { nodeId: context.nodeId, timeoutMs, attempt: context.attempt },
        retryable: true,
      })
      reject(error)
      context.abort(error)
    })
    const settled = Promise.resolve().then(call)
    settled.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}

import { HeddleError } from '../../errors/heddle-error.ts'
import type { AttemptContext } from './attempt-context.ts'

/**
 * Ends an attempt after `timeoutMs` of active time even if its handler ignores the signal: the signal aborts, and the attempt fails with
 * `NODE_TIMEOUT`; whatever the handler does later is dropped.
 */
export async function withTimeout(context: AttemptContext, timeoutMs: number, call: () => unknown): Promise<unknown> {
  const { nodeId, attempt, activeMsBefore: beforeMs } = context
  const { clock } = context.engine
  let cancel: () => void = () => undefined
  const timedOut = new Promise<never>((_resolve, reject) => {
    cancel = clock.schedule(Math.max(0, timeoutMs - beforeMs), () => {
      const error = new HeddleError('NODE_TIMEOUT', `node "${nodeId}" did not finish within ${timeoutMs} ms`, {
        details: { nodeId, timeoutMs, attempt },
        retryable: true,
      })
      reject(error)
      context.abort(error)
    })
  })
  context.limit = { since: clock.now(), beforeMs, cancel }
  try {
    return await Promise.race([call(), timedOut])
  } finally {
    cancel()
  }
}

import { HeddleError } from '../errors/heddle-error.ts'
import { SuspendRequest, type BuiltInContext, type BuiltInNode } from '../execution/engine/engine.ts'

/** Params of a `sleep` node: how long, in milliseconds, or the registry name of a function that answers until when. */
export interface SleepParams {
  readonly durationMs?: number
  /** Answers a Date or epoch milliseconds; a moment that has passed ends the sleep at once. */
  readonly until?: string
}

/** Waits for a time; its output is its input. No worker and no attempt is held meanwhile. */
export const sleepNode: BuiltInNode = {
  handlerNames: (params) => (typeof params['until'] === 'string' ? [params['until']] : []),
  attempt: async (context) => {
    if (context.resumption?.type === 'fired') return context.input
    return new SuspendRequest({ type: 'timer', name: context.nodeId, delayMs: await delayOf(context) })
  },
}

async function delayOf(context: BuiltInContext): Promise<number> {
  const { durationMs, until } = context.settings as SleepParams
  if (until === undefined) return durationMs ?? 0
  const moment: unknown = await context.engine.handler(until)(context)
  const time = moment instanceof Date ? moment.getTime() : moment
  if (typeof time === 'number' && Number.isFinite(time)) return Math.max(0, time - context.engine.clock.now())
  throw new HeddleError(
    'INVALID_OUTPUT',
    `"until" of sleep "${context.nodeId}" must answer a Date or epoch milliseconds`,
    {
      details: { nodeId: context.nodeId },
    },
  )
}

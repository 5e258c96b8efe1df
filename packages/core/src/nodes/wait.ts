import { SuspendRequest, type BuiltInNode } from '../execution/engine/engine.ts'
import { answerOr, type WaitParams } from './waiting.ts'

/** Waits for `resume(name, payload)`; the payload is the node's output. */
export const waitNode: BuiltInNode = {
  handlerNames: () => [],
  attempt: (context) =>
    answerOr(context, () => {
      const { name = context.nodeId, timeoutMs } = context.settings as WaitParams
      return new SuspendRequest({ type: 'wait', name, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
    }),
}

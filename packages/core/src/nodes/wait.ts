import { HeddleError } from '../errors/heddle-error.ts'
import { SuspendRequest, type BuiltInNode } from '../execution/engine.ts'
import { route } from '../model/node-result.ts'

/** Params of a `wait` node. */
export interface WaitParams {
  /** Under which it is resumed. @default the node's id */
  readonly name?: string
  /** After how many milliseconds it expires. @default never */
  readonly timeoutMs?: number
  /** Action that the node answers when it expires. @default it fails with `WAIT_TIMEOUT` */
  readonly timeoutAction?: string
}

/** Waits for `resume(name, payload)`; the payload is the node's output. */
export const waitNode: BuiltInNode = {
  handlerNames: () => [],
  attempt: (context) => {
    const { name = context.nodeId, timeoutMs, timeoutAction } = context.settings as WaitParams
    const { resumption } = context
    if (resumption?.type === 'answered') {
      return resumption.action === undefined ? resumption.payload : route(resumption.action, resumption.payload)
    }
    if (resumption?.type === 'timed-out') {
      if (timeoutAction !== undefined) return route(timeoutAction)
      throw new HeddleError(
        'WAIT_TIMEOUT',
        `wait "${name}" was not answered within ${timeoutMs ?? 0} ms; set params.timeoutAction to route it`,
        {
          details: { nodeId: context.nodeId, name, timeoutMs },
        },
      )
    }
    return new SuspendRequest({ type: 'wait', name, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  },
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { BuiltInContext } from '../execution/engine/engine.ts'
import { route } from '../model/node-result.ts'

/** Params that those kinds of node have in common that wait for somebody outside. */
export interface WaitParams {
  /** Under which it is resumed. @default the node's id */
  readonly name?: string
  /** After how many milliseconds it expires. @default never */
  readonly timeoutMs?: number
  /** Action that the node answers when it expires. @default it fails with `WAIT_TIMEOUT` */
  readonly timeoutAction?: string
}

/**
 * What a node answers whose wait may be over.
 *
 * @param begin what it does if the wait has not begun
 * @throws HeddleError `WAIT_TIMEOUT` if the wait has expired and no action says what to do then
 */
export function answerOr(context: BuiltInContext, begin: () => unknown): unknown {
  const { name = context.nodeId, timeoutMs, timeoutAction } = context.settings as WaitParams
  const { resumption } = context
  if (resumption?.type === 'answered') {
    return resumption.action === undefined ? resumption.payload : route(resumption.action, resumption.payload)
  }
  if (resumption?.type !== 'timed-out') return begin()
  if (timeoutAction !== undefined) return route(timeoutAction)
  throw new HeddleError(
    'WAIT_TIMEOUT',
    `wait "${name}" was not answered within ${timeoutMs ?? 0} ms; set params.timeoutAction to route it`,
    { details: { nodeId: context.nodeId, name, timeoutMs } },
  )
}

import { HeddleError } from '../errors/heddle-error.ts'
import { SuspendRequest, type BuiltInContext, type BuiltInNode } from '../execution/engine/engine.ts'
import { hashToken } from '../execution/engine/wait-tokens.ts'
import { answerOr, type WaitParams } from './waiting.ts'

/** Params of a `webhook` node. */
export interface WebhookParams extends WaitParams {
  /**
   * Registry name of a function that hands the token to whoever shall answer, in a link for instance: it finds it as `token` in its
   * context. It is called before the wait is open, and once more with another token if the attempt is made again; the token before is
   * void then.
   */
  readonly announce: string
}

/** 256 bits: nobody guesses a token, however many waits there are. */
const bytesOfToken = 32

/**
 * Waits for `resumeByToken(token, payload)`; the payload is the node's output. Nothing keeps the token itself: the wait has its hash.
 */
export const webhookNode: BuiltInNode = {
  handlerNames: ({ announce }) => (typeof announce === 'string' ? [announce] : []),
  attempt: (context) => answerOr(context, () => begin(context)),
}

async function begin(context: BuiltInContext): Promise<SuspendRequest> {
  const { name = context.nodeId, timeoutMs, announce } = context.settings as unknown as WebhookParams
  if (typeof announce !== 'string') {
    const message = `webhook "${context.nodeId}" has no params.announce, so nobody would learn its token; name a function of the registry there`
    throw new HeddleError('INVALID_BLUEPRINT', message, { details: { nodeId: context.nodeId } })
  }
  const token = newToken()
  await context.engine.handler(announce)(
    Object.create(context, { token: { value: token, enumerable: true } }) as BuiltInContext,
  )
  const limit = timeoutMs === undefined ? {} : { timeoutMs }
  return new SuspendRequest({ type: 'wait', name, tokenHash: hashToken(token), ...limit })
}

function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(bytesOfToken))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

import type { NodeContext, Registry } from '../../src/ports/node-context.ts'

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code

/** Handlers that invoke a child run and do not await its end. */
export const cuttingOff: Registry = {
  'invokes-for-a-while': (context: NodeContext) => context.invoke('ask', 'child', 1, { timeout: 800 }).catch(codeOf),
  'races-a-child': (context: NodeContext) =>
    Promise.race([context.invoke('ask', 'child', 1), context.sleep('limit', 800).then(() => 'late')]),
  'retries-over-a-child': async (context: NodeContext) => {
    const asked = context.invoke('ask', 'child', 1).catch(codeOf)
    await context.sleep('nap', 300)
    if (context.attempt < 2) throw new Error('the first attempt leaves its child')
    return Promise.race([asked, context.sleep('limit', 300).then(() => 'late')])
  },
  'undo-asks': (context: NodeContext) => context.waitFor('cancel'),
  'invokes-and-waits': (context: NodeContext) => context.invoke('ask', 'child', 1),
}

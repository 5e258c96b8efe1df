import { expand, route } from '../../src/model/node-result.ts'
import type { IClock } from '../../src/ports/clock.ts'
import type { StepOptions } from '../../src/ports/durable-calls.ts'
import type { Handler, NodeContext, Registry } from '../../src/ports/node-context.ts'
import { cuttingOff } from './cut-off-handlers.ts'

/** What handlers find in `dependencies`: the world outside of the process. */
export interface CrashWorld {
  readonly clock: IClock
  /** The tokens that were announced, in all processes. */
  readonly tokens: string[]
  /** Is told of every call of a handler and of every step that runs. */
  ran(key: string): void
}

const worldOf = ({ dependencies }: NodeContext): CrashWorld => dependencies as CrashWorld

/**
 * A step that tells the world that it runs.
 *
 * @param call the name, or `name#occurrence` from the second one on
 */
function step<T>(context: NodeContext, call: string, fn: () => T, options: StepOptions = {}): Promise<Awaited<T>> {
  const told = (): T => {
    worldOf(context).ran(`${context.idempotencyKey} ${call}`)
    return fn()
  }
  return context.step(call.split('#')[0] ?? '', told, options)
}

/** Takes some of the world's time. */
function passes(context: NodeContext, ms: number): Promise<void> {
  return new Promise((resolve) => {
    worldOf(context).clock.schedule(ms, resolve)
  })
}

const plain: Registry = {
  say: ({ nodeId, deps }: NodeContext) => ({ by: nodeId, from: Object.keys(deps).toSorted() }),
  later: async ({ nodeId }: NodeContext) => {
    await Promise.resolve()
    return nodeId
  },
  slow: async (context: NodeContext) => {
    await passes(context, 700)
    return `${context.nodeId}, slowly`
  },
  left: () => route('left', 'went left'),
  nowhere: () => route('nowhere', 'lost'),
  fail: ({ nodeId }: NodeContext) => {
    throw new Error(`${nodeId} fails`)
  },
  flaky: ({ attempt, nodeId }: NodeContext) => {
    if (attempt < 3) throw new Error(`attempt ${attempt}`)
    return `${nodeId} at last`
  },
  'loop-3': ({ iteration }: NodeContext) => route((iteration.at(-1) ?? 0) < 2 ? 'again' : 'done', iteration),
  double: ({ item }: NodeContext) => (typeof item === 'number' ? item * 2 : undefined),
  'double-odd': ({ item }: NodeContext) => {
    if (typeof item !== 'number' || item % 2 === 0) throw new Error('even')
    return item * 2
  },
  items: ({ params }: NodeContext) => params['items'],
  add: ({ nodeId, context }: NodeContext) => {
    context.set('log', nodeId)
    context.update('count', (count) => Number(count ?? 0) + 1)
    return nodeId
  },
  grow: ({ nodeId }: NodeContext) =>
    expand(
      {
        nodes: [{ id: `${nodeId}-new`, uses: 'say' }],
        edges: [{ source: nodeId, target: `${nodeId}-new` }],
      },
      'grown',
    ),
}

/** What a handler that undoes was called with is kept in the shared value `saw`. */
function undo({ nodeId, iteration, item, input, output, isOutcomeKnown, error, context }: NodeContext): string {
  const saw = { nodeId, iteration, item, input, output, isOutcomeKnown, error: (error as Error).message }
  context.set('saw', JSON.stringify(saw))
  return 'what a handler that undoes answers is nobody’s'
}

const undoing: Registry = {
  undo,
  'undo-slowly': async (context: NodeContext) => {
    await passes(context, 700)
    return undo(context)
  },
  'undo-flaky': (context: NodeContext) => {
    if (context.attempt < 3) throw new Error(`attempt ${context.attempt}`)
    return undo(context)
  },
  'undo-fails': ({ nodeId }: NodeContext) => {
    throw new Error(`${nodeId} stays as it is`)
  },
  'undo-by-calls': async (context: NodeContext) => {
    const refund = await step(context, 'refund', () => `refund of ${context.nodeId}`)
    await context.sleep('nap', 800)
    await context.emit('refunded', refund)
    return undo(context)
  },
}

const calling: Registry = {
  steps: async (context: NodeContext) => {
    const one = await step(context, 'one', () => 1)
    const two = await step(context, 'two', () => one + 1)
    return step(context, 'three', async () => two + 1)
  },
  'parallel-steps': async (context: NodeContext) => {
    const slowly = async (): Promise<string> => {
      await passes(context, 700)
      return 'slow'
    }
    return Promise.all([
      step(context, 'x', () => 'x'),
      step(context, 'slow', slowly),
      step(context, 'x#1', () => 'another x'),
    ])
  },
  'naps-between-steps': async (context: NodeContext) => {
    const before = await step(context, 'before', () => 'before')
    await context.sleep('nap', 800)
    const after = await step(context, 'after', () => 'after')
    await context.sleep('nap', 300)
    return [before, after]
  },
  'asks-between-steps': async (context: NodeContext) => {
    const before = await step(context, 'before', () => 'before')
    const answer = await context.waitFor('question')
    return [before, answer, await step(context, 'after', () => 'after')]
  },
  'asks-three-at-once': (context: NodeContext) =>
    Promise.all([context.waitFor('x'), context.waitFor('y'), context.waitFor('x')]),
  'gives-up-waiting': async (context: NodeContext) => {
    const caught = await context
      .waitFor('silent', { timeout: 800 })
      .catch((error: unknown) => (error as { readonly code: string }).code)
    return step(context, 'note', () => caught)
  },
  races: async (context: NodeContext) => {
    const first = await Promise.race([context.waitFor('silent'), context.sleep('limit', 800).then(() => 'late')])
    return step(context, 'note', () => first)
  },
  invokes: async (context: NodeContext) => {
    const one = await context.invoke('one', 'child', 1)
    const noted = await step(context, 'note', () => one)
    return [noted, ...(await Promise.all([context.invoke('two', 'child', 2), context.invoke('two', 'child', 3)]))]
  },
  'catches-a-child': async (context: NodeContext) => {
    const code = await context
      .invoke('bad', 'child')
      .catch((error: unknown) => (error as { readonly code: string }).code)
    return step(context, 'note', () => code)
  },
  tells: async (context: NodeContext) => {
    await context.emit('first', 1)
    await context.sleep('nap', 300)
    await context.emit('second', 2)
    await context.emit('second', 3)
    return 'told'
  },
  'fails-after-a-step': async (context: NodeContext) => {
    const kept = await step(context, 'once', () => 'kept')
    await context.sleep('nap', 300)
    if (context.attempt < 3) throw new Error(`attempt ${context.attempt}`)
    return [kept, await step(context, 'last', () => 'last')]
  },
  'tries-a-step': async (context: NodeContext) => {
    let tries = 0
    const flaky = (): number => {
      if (++tries < 2) throw new Error(`try ${tries}`)
      return 1
    }
    const made = await step(context, 'flaky', flaky, { retry: { maxAttempts: 2 } })
    const caught = await step(context, 'fails', () => {
      throw new Error('as ever')
    }).catch((error: unknown) => (error as Error).message)
    await context.sleep('nap', 300)
    return [made, caught]
  },
  'loops-with-calls': async (context: NodeContext) => {
    const at = context.iteration.at(-1) ?? 0
    const made = await step(context, 'make', () => `made ${at}`)
    await context.sleep('nap', 800)
    return route(at < 1 ? 'again' : 'done', made)
  },
  'item-with-calls': async (context: NodeContext) => {
    const made = await step(context, 'make', () => Number(context.item) * 10)
    await context.sleep('nap', 600 * Number(context.item))
    return made
  },
  announce: (context: NodeContext & { readonly token: string }) => {
    worldOf(context).tokens.push(context.token)
  },
  'announce-at-last': (context: NodeContext & { readonly token: string }) => {
    worldOf(context).tokens.push(context.token)
    if (context.attempt < 3) throw new Error(`attempt ${context.attempt}`)
  },
}

/** The functions of a webhook are called before it waits, whatever else the visit does. */
const announcing = new Set(['announce', 'announce-at-last'])

/**
 * Every node that is no other kind answers its id and what it was given. The world is told of each call of a handler by the key of its
 * visit.
 */
export const crashRegistry: Registry = Object.fromEntries(
  Object.entries<Handler>({ ...plain, ...undoing, ...calling, ...cuttingOff }).map(([name, handler]) => [
    name,
    announcing.has(name)
      ? handler
      : (context: NodeContext) => {
          worldOf(context).ran(context.idempotencyKey)
          return handler(context)
        },
  ]),
)

import { appendFileSync } from 'node:fs'
import { route, type NodeContext, type NodeDefinition, type Registry, type WorkflowBlueprint } from '@heddle/core'

/** One line of the side file: an attempt has begun. */
export interface AttemptLine {
  readonly runId: string
  /** As the journal names it. */
  readonly visit: string
}

const spread = 8

const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`)

const chain = (ids: readonly string[]): WorkflowBlueprint['edges'] =>
  ids.slice(1).map((target, at) => ({ source: ids[at] ?? '', target }))

const first = ['begin', ...numbered('head', 6)]
const last = ['gather', ...numbered('tail', 7), 'end']
const middle = ['wide', 'loop', 'map', 'sub', 'shaky', 'rest', 'slow']
const wide = numbered('wide', spread)

/** About 40 nodes: chains without a wait, short delays, a fan-out, a loop, a map, a subflow, a retry, a sleep, shared values. */
export const weave: WorkflowBlueprint = {
  id: 'weave',
  nodes: [
    ...first.map((id): NodeDefinition => ({ id, uses: 'quick' })),
    ...wide.map((id): NodeDefinition => ({ id, uses: 'delay' })),
    { id: 'wide', uses: 'join' },
    { id: 'loop', uses: 'again' },
    { id: 'list', uses: 'list' },
    { id: 'map', uses: 'map', params: { each: 'item', concurrency: 3 } },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'inner' } },
    {
      id: 'shaky',
      uses: 'shaky',
      config: { retry: { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 8 } } },
    },
    { id: 'rest', uses: 'sleep', params: { durationMs: 25 } },
    { id: 'slow', uses: 'delay' },
    ...last.map((id): NodeDefinition => ({
      id,
      uses: id === 'gather' ? 'join' : /[2-6]$/u.test(id) ? 'delay' : 'quick',
    })),
  ],
  edges: [
    ...chain(first),
    ...wide.flatMap((id) => [
      { source: 'head6', target: id },
      { source: id, target: 'wide' },
    ]),
    { source: 'head6', target: 'loop' },
    { source: 'loop', target: 'loop', action: 'again' },
    { source: 'loop', target: 'gather', action: 'done' },
    { source: 'head6', target: 'list' },
    { source: 'list', target: 'map' },
    ...['sub', 'shaky', 'rest', 'slow'].map((target) => ({ source: 'head3', target })),
    ...middle.filter((id) => id !== 'loop').map((source) => ({ source, target: 'gather' })),
    ...chain(last),
  ],
  policy: { context: { turns: { reducer: 'sum', initial: 0 } } },
}

/** The child run of the weave. */
export const inner: WorkflowBlueprint = {
  id: 'inner',
  nodes: [
    { id: 'one', uses: 'quick' },
    { id: 'two', uses: 'delay' },
    { id: 'nap', uses: 'sleep', params: { durationMs: 15 } },
    { id: 'three', uses: 'join' },
  ],
  edges: [
    { source: 'one', target: 'two' },
    { source: 'one', target: 'nap' },
    { source: 'two', target: 'three' },
    { source: 'nap', target: 'three' },
  ],
}

/** The handlers; each tells the side file of every attempt before it does anything. */
export function weaveRegistry(sideFile: string): Registry {
  const tell = ({ runId, nodeId, iteration }: NodeContext, item?: number): void => {
    const loop = iteration.length === 0 ? '' : `@${iteration.join('.')}`
    const visit = `${nodeId}${loop}${item === undefined ? '' : `[${item}]`}`
    appendFileSync(sideFile, `${JSON.stringify({ runId, visit } satisfies AttemptLine)}\n`)
  }
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms)
    })
  return {
    quick: (context: NodeContext) => {
      tell(context)
      return `${context.nodeId} after ${JSON.stringify(context.input ?? null).length}`
    },
    delay: async (context: NodeContext) => {
      tell(context)
      await pause(8 + (context.nodeId.charCodeAt(context.nodeId.length - 1) % 9) * 3)
      return `${context.nodeId} waited`
    },
    join: (context: NodeContext) => {
      tell(context)
      return Object.keys(context.deps).toSorted().join(' ')
    },
    again: (context: NodeContext) => {
      tell(context)
      context.context.set('turns', 1)
      const [turn = 0] = context.iteration
      return route(turn < 7 ? 'again' : 'done', turn)
    },
    list: (context: NodeContext) => {
      tell(context)
      return new Set([5, 3, 8, 1, 9, 2])
    },
    item: async (context: NodeContext) => {
      const { item, index } = context as NodeContext & { readonly item: number; readonly index: number }
      tell(context, index)
      await pause(item)
      return { item, square: BigInt(item * item) }
    },
    shaky: (context: NodeContext) => {
      tell(context)
      if (context.attempt < 3) throw new Error(`attempt ${context.attempt} fails`)
      return `at attempt ${context.attempt}`
    },
  }
}

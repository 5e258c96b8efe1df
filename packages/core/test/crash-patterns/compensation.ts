import type { NodeConfig, WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { diamond, flow, retry, sleep, sub, task, wait, type CrashPattern } from './pattern.ts'

type Options = NonNullable<Parameters<typeof flow>[1]>

const policy = { onFailure: 'compensate', context: { saw: { reducer: 'append' } } } as const

/** A graph that is compensated. */
const undone = (edges: readonly string[], options: Options): WorkflowBlueprint => ({ ...flow(edges, options), policy })

/** Config of nodes that are undone. */
const undoneBy = (
  handlers: Readonly<Record<string, string>>,
  rest: Readonly<Record<string, NodeConfig>> = {},
): Readonly<Record<string, NodeConfig>> => ({
  ...rest,
  ...Object.fromEntries(Object.entries(handlers).map(([id, compensate]) => [id, { ...rest[id], compensate }] as const)),
})

const bad = task('bad', 'fail')
const chain = ['a>b', 'b>c', 'c>bad']
const all = { a: 'undo', b: 'undo', c: 'undo' }
const mapped = (params: Readonly<Record<string, unknown>>): WorkflowBlueprint =>
  undone(['list>each', 'each>bad'], {
    nodes: [
      task('list', 'items', { items: [1, 2, 3] }),
      { id: 'each', uses: 'map', params: { each: 'double', ...params } },
      bad,
    ],
    config: undoneBy({ list: 'undo', each: 'undo' }),
  })

const graphs: Readonly<Record<string, WorkflowBlueprint>> = {
  'several nodes undone': undone(chain, { nodes: [bad], config: undoneBy(all) }),
  'nodes undone that need no undoing between them': undone(chain, {
    nodes: [bad],
    config: undoneBy({ a: 'undo', c: 'undo' }),
  }),
  'parallel branches undone': undone([...diamond, 'd>bad'], {
    nodes: [task('c', 'later'), bad],
    config: undoneBy({ ...all, d: 'undo' }),
  }),
  'nothing to undo': undone(chain, { nodes: [bad] }),
  'asynchronous undoing': undone(chain, { nodes: [bad], config: undoneBy({ ...all, b: 'undo-slowly' }) }),
  'undoing that retries': undone(chain, {
    nodes: [bad],
    config: undoneBy({ ...all, b: 'undo-flaky' }, { b: { retry } }),
  }),
  'undoing that fails': undone(chain, { nodes: [bad], config: undoneBy({ ...all, b: 'undo-fails' }) }),
  'undoing by durable calls': undone(chain, { nodes: [bad], config: undoneBy({ ...all, b: 'undo-by-calls' }) }),
  'a map undone per item': mapped({}),
  'a map undone per item, one item at a time': mapped({ concurrency: 1 }),
  'items of a map that wait cut off and undone': undone(['list>each', 'list>s', 's>bad'], {
    nodes: [
      task('list', 'items', { items: [10, 20] }),
      { id: 'each', uses: 'map', params: { each: 'item-with-calls' } },
      sleep('s', 700),
      bad,
    ],
    config: undoneBy({ list: 'undo', each: 'undo' }),
  }),
  'iterations of a loop undone': undone(['l>l:again', 'l>bad:done'], {
    nodes: [task('l', 'loop-3'), bad],
    config: undoneBy({ l: 'undo' }),
    start: ['l'],
  }),
  'an answer undone': undone(['a>w', 'w>bad'], { nodes: [wait('w'), bad], config: undoneBy({ a: 'undo', w: 'undo' }) }),
  'a node that retried undone': undone(['a>bad'], {
    nodes: [task('a', 'flaky'), bad],
    config: undoneBy({ a: 'undo' }, { a: { retry } }),
  }),
  'inputs undone that were fleeting': undone(['a>j', 'b>j', 'j>bad'], {
    nodes: [{ ...task('b', 'say'), inputs: 'input + "!"' }, bad],
    config: undoneBy({ b: 'undo', j: 'undo' }, { j: { joinStrategy: 'any' } }),
  }),
  'steps of a node that is undone': undone(['a>bad'], {
    nodes: [task('a', 'naps-between-steps'), bad],
    config: undoneBy({ a: 'undo' }),
  }),
  'an open wait cut off and undone': undone(['a>w', 'a>s', 's>bad'], {
    nodes: [wait('w', { name: 'silent' }), sleep('s', 700), bad],
    config: undoneBy({ a: 'undo', w: 'undo' }),
  }),
}

const child: WorkflowBlueprint = undone(['one>two'], { config: undoneBy({ one: 'undo', two: 'undo' }) })
const asking: WorkflowBlueprint = undone(['one>w'], {
  nodes: [wait('w', { name: 'silent' })],
  config: undoneBy({ one: 'undo' }),
})
const failing: WorkflowBlueprint = undone(['one>bad'], { nodes: [bad], config: undoneBy({ one: 'undo' }) })

/** What `undo` saw. */
const saw = (nodeId: string, input: unknown, output?: unknown): string =>
  JSON.stringify({ nodeId, iteration: [], input, output, isOutcomeKnown: output !== undefined, error: 'bad fails' })

const a = { by: 'a', from: [] }
const sawA = saw('a', 'input', a)

/**
 * Nobody knows what an attempt did that was under way when its process ended. So it is undone all the same, flagged, unless a later
 * attempt completes.
 */
const doubtful: readonly CrashPattern[] = [
  {
    name: 'a node that was under way when its run failed',
    blueprint: undone(['a>b', 'a>c', 'c>bad'], {
      nodes: [task('b', 'slow'), bad],
      config: undoneBy({ a: 'undo', b: 'undo' }),
    }),
    alsoAllowed: [
      {
        outputs: { a, c: { by: 'c', from: ['a'] } },
        context: { saw: [sawA, saw('b', a)] },
        visits: [
          ['a', 'completed'],
          ['a~', 'completed'],
          ['b', 'cancelled'],
          ['b~', 'completed'],
          ['bad', 'failed'],
          ['c', 'completed'],
        ],
      },
    ],
  },
  {
    name: 'a fallback undone, and a failure that it handled not',
    blueprint: undone(['a>b', 'b>bad'], {
      nodes: [task('b', 'fail'), task('f', 'say'), bad],
      config: undoneBy({ a: 'undo', b: 'undo', f: 'undo' }, { b: { fallback: 'f' } }),
    }),
    alsoAllowed: [
      {
        context: { saw: [sawA, saw('b', a), saw('f', a, { by: 'f', from: ['a'] })] },
        undone: ['b compensation.completed', 'f^b compensation.completed', 'a compensation.completed'],
        visits: [
          ['a', 'completed'],
          ['a~', 'completed'],
          ['b', 'failed'],
          ['b~', 'completed'],
          ['bad', 'failed'],
          ['f^b', 'completed'],
          ['f^b~', 'completed'],
        ],
      },
    ],
  },
  {
    name: 'a retry cut off',
    blueprint: undone(['a>b', 'a>s', 's>bad'], {
      nodes: [task('b', 'flaky'), sleep('s', 700), bad],
      config: undoneBy(
        { a: 'undo', b: 'undo' },
        { b: { retry: { ...retry, backoff: { type: 'fixed', delayMs: 1700 } } } },
      ),
    }),
    alsoAllowed: [
      {
        context: { saw: [sawA, saw('b', a)] },
        undone: ['b compensation.completed', 'a compensation.completed'],
        visits: [
          ['a', 'completed'],
          ['a~', 'completed'],
          ['b', 'cancelled'],
          ['b~', 'completed'],
          ['bad', 'failed'],
          ['s', 'completed'],
        ],
      },
    ],
  },
]

/** Runs that fail and undo what they did. */
export const compensationPatterns: readonly CrashPattern[] = [
  ...Object.entries(graphs).map(([name, blueprint]) => ({ name, blueprint })),
  {
    name: 'a deadline that is compensated',
    blueprint: undone(['a>w'], { nodes: [wait('w', { name: 'silent' })], config: undoneBy({ a: 'undo', w: 'undo' }) }),
    options: { deadlineMs: 1500 },
  },
  {
    name: 'a subflow undone',
    blueprint: undone(['s>bad'], { nodes: [sub('s', 'child'), bad], config: undoneBy({ s: 'undo' }) }),
    children: { child },
  },
  {
    name: 'a subflow that undoes itself',
    blueprint: undone(['a>s'], { nodes: [sub('s', 'child')], config: undoneBy({ a: 'undo', s: 'undo' }) }),
    children: { child: failing },
  },
  {
    name: 'a subflow that waits cut off and undone',
    blueprint: undone(['a>b', 'a>s', 's>bad'], {
      nodes: [sub('b', 'child'), sleep('s', 700), bad],
      config: undoneBy({ a: 'undo', b: 'undo' }),
    }),
    children: { child: asking },
  },
  ...doubtful,
]

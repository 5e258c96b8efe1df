import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { flow, named, retry, sleep, sub, task, wait, type CrashPattern } from './pattern.ts'

const child = flow(['one>two'], { nodes: [task('one', 'naps-between-steps')] })
const asking = flow(['ask>two'], { nodes: [wait('ask', { name: 'silent' })] })

/** A node that completes after a while and cancels others, unless it is said otherwise `b`, which began when it did. */
const cutting = (
  edges: readonly string[],
  { nodes = [], config = {}, ...rest }: NonNullable<Parameters<typeof flow>[1]>,
): WorkflowBlueprint =>
  flow(['a>cut', 'a>b', 'b>c', ...edges], {
    ...rest,
    nodes: [nodes.find(({ id }) => id === 'cut') ?? sleep('cut', 400), ...nodes],
    config: { cut: { cancels: ['b'] }, ...config },
  })

const graphs = {
  'the winner of a race cancels what runs': cutting(['cut>end', 'c>end'], {
    nodes: [task('b', 'slow')],
    config: { end: { joinStrategy: 'any' } },
  }),
  'a cancel of what has completed': cutting([], {}),
  'a cancel of what has not begun': cutting(['c>d'], {
    config: { cut: { cancels: ['d'] } },
    nodes: [task('b', 'slow')],
  }),
  'a cancel of a wait': cutting(['cut>end', 'c>end'], { nodes: [wait('b', { name: 'silent' })] }),
  'a cancel of a sleep': cutting([], { nodes: [sleep('b', 1500)] }),
  'a cancel of a webhook': cutting([], {
    nodes: [{ id: 'b', uses: 'webhook', params: { name: 'silent', announce: 'announce' } }],
  }),
  'a cancel of a retry': cutting([], {
    nodes: [task('b', 'flaky')],
    config: { b: { retry: { ...retry, backoff: { type: 'fixed', delayMs: 700 } } } },
  }),
  'a cancel of a map': cutting([], {
    nodes: [task('a', 'items', { items: [1, 2, 3] }), { id: 'b', uses: 'map', params: { each: 'item-with-calls' } }],
  }),
  'a cancel of a handler with durable calls': cutting([], { nodes: [task('b', 'naps-between-steps')] }),
  'a cancel of a fallback': cutting([], {
    nodes: [task('b', 'fail'), task('f', 'slow')],
    config: { b: { fallback: 'f' } },
  }),
  'a cancel that reaches into a loop': cutting(['b>b:again'], {
    nodes: [task('b', 'loops-with-calls'), sleep('cut', 1400)],
  }),
  'a cancel in every iteration': flow(['a>x', 'x>y', 'x>z', 'z>x:again', 'y>end', 'z>end:done'], {
    nodes: [task('y', 'slow'), task('z', 'loop-3')],
    config: { z: { cancels: ['y'] }, end: { joinStrategy: 'any' } },
  }),
}

/** Nodes that complete and cancel others. */
export const cancelRegionPatterns: readonly CrashPattern[] = [
  ...named(graphs),
  {
    name: 'a cancel of a subflow',
    blueprint: cutting([], { nodes: [sub('b', 'child')] }),
    children: { child },
  },
  {
    name: 'a cancel of a subflow that waits',
    blueprint: cutting([], { nodes: [sub('b', 'child')] }),
    children: { child: asking },
  },
  {
    name: 'what was cancelled is undone',
    blueprint: {
      ...cutting(['cut>bad'], {
        nodes: [task('b', 'naps-between-steps'), task('bad', 'fail')],
        config: { cut: { cancels: ['b'] }, a: { compensate: 'undo' }, b: { compensate: 'undo' } },
      }),
      policy: { onFailure: 'compensate', context: { saw: { reducer: 'append' } } },
    },
  },
]

import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { diamond, flow, map, named, retry, sleep, sub, task, wait, type CrashPattern } from './pattern.ts'

const child = flow(['one>two'])
const asking = flow(['one>ask', 'ask>two'], { nodes: [wait('ask')] })
const failing = flow(['one>two'], { nodes: [task('two', 'fail')] })

const graphs: Readonly<Record<string, WorkflowBlueprint>> = {
  'one node': flow([], { nodes: [task('a', 'say')] }),
  sequence: flow(['a>b', 'b>c', 'c>d']),
  'asynchronous sequence': flow(['a>b', 'b>c'], { nodes: [task('a', 'later'), task('b', 'later')] }),
  'two starts': flow(['a>c', 'b>c']),
  'parallel split and all join': flow(diamond),
  'wide split': flow(['a>b', 'a>c', 'a>d', 'a>e', 'b>f', 'c>f', 'd>f', 'e>f']),
  'exclusive branches into an all join': flow(['a>b:left', 'a>c:right', 'b>d', 'c>d'], { nodes: [task('a', 'left')] }),
  'an action that matches nothing': flow(['a>b:left', 'a>c:right'], { nodes: [task('a', 'nowhere')] }),
  'any join': flow(diamond, { config: { d: { joinStrategy: 'any' } } }),
  'at least two of three': flow(['a>b', 'a>c', 'a>d', 'b>e', 'c>e', 'd>e'], {
    config: { e: { joinStrategy: { atLeast: 2 } } },
  }),
  'every join that is met': flow(diamond, { config: { d: { joinStrategy: 'every' } } }),
  'every join that is not met': flow(['a>b:left', 'a>c:right', 'b>d', 'c>d'], {
    nodes: [task('a', 'left')],
    config: { d: { joinStrategy: 'every' } },
  }),
  'settled join behind a failure': flow(diamond, {
    nodes: [task('b', 'fail')],
    config: { d: { joinStrategy: 'settled' } },
  }),
  'conditions and transforms': flow(['a>b?result.by == "a"', 'a>c?result.by == "x"', 'b>d', 'c>d']),
  loop: flow(['a>l', 'l>l:again', 'l>end:done'], { nodes: [task('l', 'loop-3')] }),
  'loop of two nodes': flow(['a>l', 'l>m:again', 'm>l', 'l>end:done'], { nodes: [task('l', 'loop-3')] }),
  'nested loops': flow(['a>o', 'o>i', 'i>i:again', 'i>x:done', 'x>o:again', 'x>end:done'], {
    nodes: [task('i', 'loop-3'), task('x', 'loop-3')],
  }),
  'loop with a wait': flow(['a>w', 'w>l', 'l>w:again', 'l>end:done'], { nodes: [wait('w'), task('l', 'loop-3')] }),
  'map over nothing': map('double', []),
  'map over three': map('double', [1, 2, 3]),
  'map, one at a time': map('double', [1, 2, 3], { concurrency: 1 }),
  'map with undefined outputs': map('double', [1, 'x', 3]),
  'map with tolerated failures': map('double-odd', [1, 2, 3], { tolerated: { share: 0.5 } }),
  'map that fails': map('double-odd', [1, 2, 4]),
  'map with retries': flow(['list>each'], {
    nodes: [
      task('list', 'items', { items: [1, 2] }),
      { id: 'each', uses: 'map', params: { each: 'flaky' }, config: { retry } },
    ],
  }),
  'one wait': flow(['a>w', 'w>b'], { nodes: [wait('w')] }),
  'two waits at once': flow(['a>v', 'a>w', 'a>c', 'v>d', 'w>d', 'c>d'], { nodes: [wait('v'), wait('w')] }),
  'wait that expires into an action': flow(['a>w', 'w>late:late', 'w>b:ok'], {
    nodes: [wait('w', { name: 'silent', timeoutMs: 2500, timeoutAction: 'late' })],
  }),
  'wait that expires into an error': flow(['a>w', 'w>e!'], { nodes: [wait('w', { name: 'silent', timeoutMs: 2500 })] }),
  'one sleep': flow(['a>s', 's>b'], { nodes: [sleep('s', 2500)] }),
  'two sleeps in a row': flow(['s>t', 't>b'], { nodes: [sleep('s', 1500), sleep('t', 1500)] }),
  'overlapping sleeps': flow(['a>s', 'a>t', 's>b', 't>b'], { nodes: [sleep('s', 1500), sleep('t', 3500)] }),
  'retries with delays': flow(['a>b'], { nodes: [task('a', 'flaky')], config: { a: { retry } } }),
  'retries that are used up': flow(['a>b'], {
    nodes: [task('a', 'fail')],
    config: { a: { retry: { ...retry, maxAttempts: 2 } } },
  }),
  'failure that stops': flow(diamond, { nodes: [task('b', 'fail')] }),
  'failure on an error edge': flow(['a>b', 'b>c', 'b>e!'], { nodes: [task('b', 'fail')] }),
  'failure with a fallback': flow(['a>b', 'b>c'], {
    nodes: [task('b', 'fail'), task('f', 'say')],
    config: { b: { fallback: 'f' } },
  }),
  'fallback that waits': flow(['a>b', 'b>c'], {
    nodes: [task('b', 'fail'), wait('f')],
    config: { b: { fallback: 'f' } },
  }),
  'shared values': {
    ...flow(['a>b', 'a>c', 'b>d', 'c>d'], { nodes: ['a', 'b', 'c', 'd'].map((id) => task(id, 'add')) }),
    policy: { context: { log: { reducer: 'append' } } },
  },
  'dynamic expansion': flow(['a>b'], { nodes: [task('a', 'grow')] }),
  'expansion in a loop': flow(['g>l', 'l>g:again', 'l>end:done'], {
    nodes: [task('g', 'grow'), task('l', 'loop-3')],
    start: ['g'],
  }),
}

const withOptions: readonly CrashPattern[] = [
  {
    name: 'failure under continue',
    blueprint: flow(['a>b', 'a>c', 'b>d', 'c>e'], { nodes: [task('b', 'fail')] }),
    options: { onFailure: 'continue' },
  },
  {
    name: 'deadline',
    blueprint: flow(['a>w', 'w>b'], { nodes: [wait('w', { name: 'silent' })] }),
    options: { deadlineMs: 3500 },
  },
  { name: 'subflow', blueprint: flow(['a>s', 's>b'], { nodes: [sub('s', 'child')] }), children: { child } },
  {
    name: 'two subflows at once',
    blueprint: flow(['a>s', 'a>t', 's>b', 't>b'], { nodes: [sub('s', 'child'), sub('t', 'child')] }),
    children: { child },
  },
  {
    name: 'subflow that waits',
    blueprint: flow(['a>s', 's>b'], { nodes: [sub('s', 'child')] }),
    children: { child: asking },
  },
  {
    name: 'subflow that fails',
    blueprint: flow(['a>s', 's>e!'], { nodes: [sub('s', 'child')] }),
    children: { child: failing },
  },
]

/** Sequences, splits, all joins, loops, maps, waits, timers, subflows, failures, expansions. */
export const controlFlowPatterns: readonly CrashPattern[] = [...named(graphs), ...withOptions]

import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { flow, retry, sleep, sub, task, wait, type CrashPattern } from './pattern.ts'

type Options = NonNullable<Parameters<typeof flow>[1]>

const asking = flow(['one>ask', 'ask>two'], { nodes: [wait('ask', { name: 'silent' })] })
/** One that waits for a child run that waits. */
const nesting = flow(['one>s'], { nodes: [sub('s', 'inner')] })
/** One that fails while a child run of its own waits. */
const failing = flow(['one>s', 'nap>bad'], {
  nodes: [sub('s', 'inner'), sleep('nap', 700), task('bad', 'fail')],
})

/** A subflow `s` that waits for ever, beside other nodes. */
const beside = (edges: readonly string[], { nodes = [], ...rest }: Options): WorkflowBlueprint =>
  flow(['a>s', ...edges], { nodes: [sub('s', 'child'), ...nodes], ...rest })

const late = beside(['a>nap', 'nap>bad'], { nodes: [sleep('nap', 700), task('bad', 'fail')] })
const compensated: WorkflowBlueprint = {
  ...beside(['a>nap', 'nap>bad'], {
    nodes: [sleep('nap', 700), task('bad', 'fail')],
    config: { a: { compensate: 'undo' }, s: { compensate: 'undo-by-calls' } },
  }),
  policy: { onFailure: 'compensate', context: { saw: { reducer: 'append' } } },
}
const region = beside(['a>nap', 'nap>w'], {
  nodes: [sleep('nap', 700), wait('w')],
  config: { nap: { cancels: ['s'] } },
})
const cancelled = beside(['a>nap', 'nap>w'], { nodes: [sleep('nap', 700), wait('w', { name: 'cancel' })] })
const handler = (uses: string): WorkflowBlueprint =>
  flow(['a>b', 'b>w', 'w>c'], { nodes: [task('b', uses), wait('w')] })

const patterns: readonly CrashPattern[] = [
  { name: 'a failure that stops the run', blueprint: late },
  { name: 'a failure that is compensated', blueprint: compensated },
  { name: 'a deadline', blueprint: beside([], {}), options: { deadlineMs: 900 } },
  {
    name: 'a deadline that is compensated',
    blueprint: { ...beside([], { config: { a: { compensate: 'undo' } } }), policy: compensated.policy ?? {} },
    options: { deadlineMs: 900 },
  },
  { name: 'a cancel', blueprint: cancelled },
  { name: 'a cancel region', blueprint: region },
  { name: 'the timeout of an invoke', blueprint: handler('invokes-for-a-while') },
  { name: 'a race', blueprint: handler('races-a-child') },
  {
    name: 'a retry',
    blueprint: flow(['a>b', 'b>w', 'w>c'], {
      nodes: [task('b', 'retries-over-a-child'), wait('w')],
      config: { b: { retry } },
    }),
  },
  {
    name: 'a cancel region around a handler that invokes',
    blueprint: flow(['a>b', 'a>nap', 'nap>w'], {
      nodes: [task('b', 'invokes-and-waits'), sleep('nap', 700), wait('w')],
      config: { nap: { cancels: ['b'] } },
    }),
  },
].map(({ name, ...pattern }) => ({
  ...pattern,
  name: `a live child run cut off by ${name}`,
  children: { child: asking },
}))

/** Parents that cut off a child run which lives. */
export const cutOffChildPatterns: readonly CrashPattern[] = [
  ...patterns,
  {
    name: 'a live child of a child run cut off by a failure',
    blueprint: late,
    children: { child: nesting, inner: asking },
  },
  {
    name: 'a live child of a child run cut off by a cancel region',
    blueprint: region,
    children: { child: nesting, inner: asking },
  },
  {
    name: 'a live child run cut off by the failure of its parent, which is handled',
    blueprint: flow(['a>s', 's>w!', 'w>c'], { nodes: [sub('s', 'child'), wait('w')] }),
    children: { child: failing, inner: asking },
  },
  {
    name: 'child runs cut off in every iteration of a loop',
    blueprint: flow(['a>x', 'x>s', 'x>z', 'z>x:again', 'z>end:done'], {
      nodes: [sub('s', 'child'), task('z', 'loops-with-calls')],
      config: { z: { cancels: ['s'] } },
    }),
    children: { child: asking },
  },
]

import { flow, named, retry, sub, task, wait, type CrashPattern } from './pattern.ts'

const webhook = (params: Readonly<Record<string, unknown>>): Parameters<typeof flow>[1] => ({
  nodes: [{ id: 'w', uses: 'webhook', params: { name: 'hook', announce: 'announce', ...params } }],
})
const asked = webhook({})
const child = flow(['one>two'])
const asking = flow(['one>ask', 'ask>two'], { nodes: [wait('ask')] })
const failing = flow(['one>two'], { nodes: [task('two', 'fail')] })
const calling = (uses: string): ReturnType<typeof flow> => flow(['a>b', 'b>c'], { nodes: [task('b', uses)] })
const stepping = flow(['x>y'], { nodes: [task('x', 'naps-between-steps')] })

const graphs = {
  'steps in a row': calling('steps'),
  'steps at once': calling('parallel-steps'),
  'two handlers with steps at once': flow(['a>b', 'a>c', 'b>d', 'c>d'], {
    nodes: [task('b', 'naps-between-steps'), task('c', 'parallel-steps')],
  }),
  'sleeps between steps': calling('naps-between-steps'),
  'an answer between steps': calling('asks-between-steps'),
  'a handler that waits for three answers at once': calling('asks-three-at-once'),
  'a wait of a handler that expires': calling('gives-up-waiting'),
  'a wait and a sleep that race': calling('races'),
  'events that a handler emits': calling('tells'),
  'attempts that fail after a step': flow(['a>b'], {
    nodes: [task('a', 'fails-after-a-step')],
    config: { a: { retry } },
  }),
  'steps that fail': calling('tries-a-step'),
  'a loop with durable calls': flow(['a>l', 'l>l:again', 'l>end:done'], { nodes: [task('l', 'loops-with-calls')] }),
  'a map whose items make durable calls': flow(['list>each', 'each>end'], {
    nodes: [
      task('list', 'items', { items: [1, 2, 3] }),
      { id: 'each', uses: 'map', params: { each: 'item-with-calls' } },
    ],
  }),
  'a fallback that makes durable calls': flow(['a>b', 'b>c'], {
    nodes: [task('b', 'fail'), task('f', 'asks-between-steps')],
    config: { b: { fallback: 'f' } },
  }),
  'a webhook': flow(['a>w', 'w>b'], asked),
  'a webhook beside a wait': flow(['a>w', 'a>v', 'w>b', 'v>b'], { nodes: [...(asked?.nodes ?? []), wait('v')] }),
  'a webhook that expires': flow(
    ['a>w', 'w>b:late'],
    webhook({ name: 'silent', timeoutMs: 1500, timeoutAction: 'late' }),
  ),
  'a webhook whose announcement fails twice': flow(['a>w', 'w>b'], {
    ...webhook({ announce: 'announce-at-last' }),
    config: { w: { retry } },
  }),
}

/** Steps, sleeps, waits, child runs and events of handlers, and waits that are answered by a token. */
export const durableCallPatterns: readonly CrashPattern[] = [
  ...named(graphs),
  { name: 'child runs that a handler invokes', blueprint: calling('invokes'), children: { child } },
  {
    name: 'child runs that a handler invokes and that wait',
    blueprint: calling('invokes'),
    children: { child: asking },
  },
  { name: 'a child run that fails in a handler', blueprint: calling('catches-a-child'), children: { child: failing } },
  {
    name: 'a subflow whose handler makes durable calls',
    blueprint: flow(['a>s', 's>b'], { nodes: [sub('s', 'child')] }),
    children: { child: stepping },
  },
  {
    name: 'a webhook of a subflow',
    blueprint: flow(['a>s', 's>b'], { nodes: [sub('s', 'child')] }),
    children: { child: flow(['w>y'], asked) },
  },
]

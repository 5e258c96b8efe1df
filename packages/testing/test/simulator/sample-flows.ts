import { expand, route, type NodeContext, type Workflow } from '@heddle/core'
import { chain } from '../../src/conformance/flow.ts'
import { flaky, graph, handlers, name, node, sample, work, type SampleFlow } from './sample-flow.ts'

/** The sample flows by what they show. */
export type SampleName =
  | 'sequence'
  | 'splits'
  | 'joins'
  | 'loops'
  | 'maps'
  | 'waits'
  | 'timers'
  | 'subflows'
  | 'failures'
  | 'expansions'
  | 'values'
  | 'calls'

/** Nodes that follow one another. */
const sequence = sample(graph([...'abcdefghij'], chain(...'abcdefghij')))

/** Branches that are chosen by actions and conditions, and skips that spread over the others. */
const splits = sample(
  graph(
    [
      'triage',
      'urgent',
      'page',
      'call',
      'usual',
      'queue',
      'file',
      'odd',
      'left',
      'right',
      'meet',
      'log',
      'copy',
      'end',
    ],
    [
      ['triage', 'urgent', { action: 'urgent' }],
      ['triage', 'usual', { action: 'usual' }],
      ...chain('urgent', 'page', 'call', 'meet'),
      ...chain('usual', 'queue', 'file', 'meet'),
      ['triage', 'odd', { condition: 'input.order % 2 == 1' }],
      ...chain('odd', 'left', 'meet'),
      ...chain('triage', 'right', 'meet'),
      ...chain('meet', 'log', 'copy', 'end'),
      ...chain('meet', 'end'),
    ],
  ),
  {
    triage: ({ input }: NodeContext<{ order: number }>) => route(input.order === 0 ? 'urgent' : 'usual', input),
  },
)

/** Every join strategy over branches of which some are skipped and some fail. */
const joins = sample(
  graph(
    [
      'start',
      'a',
      'b',
      'c',
      'd',
      node('bad', 'fail'),
      node('all', 'name'),
      node('any', 'name', { config: { joinStrategy: 'any' } }),
      node('two', 'name', { config: { joinStrategy: { atLeast: 2 } } }),
      node('every', 'name', { config: { joinStrategy: 'every' } }),
      node('settled', 'name', { config: { joinStrategy: 'settled' } }),
      node('cut', 'name'),
      node('after', 'name'),
    ],
    [
      ...['a', 'b', 'c', 'bad'].map((id) => ['start', id] as const),
      ['start', 'd', { condition: 'false' }],
      ...['a', 'b', 'd'].map((id) => [id, 'all'] as const),
      ...['a', 'b', 'c', 'd'].map((id) => [id, 'any'] as const),
      ...['a', 'b', 'c', 'd'].map((id) => [id, 'two'] as const),
      ...['a', 'b', 'c'].map((id) => [id, 'every'] as const),
      ...['a', 'bad', 'd'].map((id) => [id, 'settled'] as const),
      ...['c', 'bad'].map((id) => [id, 'cut'] as const),
      ...['all', 'any', 'two', 'every', 'settled'].map((id) => [id, 'after'] as const),
    ],
  ),
  {},
  { onFailure: 'continue' },
)

/** A loop in a loop, and a loop whose iterations overlap. */
const loops = sample(
  graph(
    ['outer', 'inner', 'head', 'slow', 'quick', 'join', 'end'],
    [
      ['outer', 'inner'],
      ['inner', 'inner', { action: 'inner' }],
      ['inner', 'outer', { action: 'outer' }],
      ['inner', 'end', { action: 'done' }],
      ...chain('head', 'slow', 'join'),
      ...chain('head', 'quick', 'join'),
      ['quick', 'head', { condition: 'result < 1' }],
      ['join', 'head', { condition: 'false' }],
      ['join', 'end', { condition: 'result == 1' }],
    ],
    { start: ['outer', 'head'] },
  ),
  {
    inner: ({ iteration: [outer = 0, inner = 0] }: NodeContext) =>
      route(outer > 0 ? 'done' : inner > 0 ? 'outer' : 'inner', [outer, inner]),
    quick: ({ iteration }: NodeContext) => iteration[0],
    join: ({ iteration }: NodeContext) => iteration[0],
    end: name,
  },
)

/** Maps whose items are tried again, of which some may fail, and one that is inside a loop. */
const maps = sample(
  graph(
    [
      'list',
      node('sizes', 'map', { params: { each: 'size', concurrency: 2 }, config: { retry: { maxAttempts: 2 } } }),
      node('risky', 'map', { params: { each: 'oddFails', tolerated: { count: 2 } } }),
      node('turn', 'turn'),
      node('small', 'map', { params: { each: 'size', over: 'pair' }, config: { retry: { maxAttempts: 2 } } }),
      node('report', 'work'),
    ],
    [
      ...chain('list', 'sizes', 'report'),
      ...chain('list', 'risky', 'report'),
      ...chain('list', 'turn', 'small'),
      ['small', 'turn', { condition: 'result[0] == "0"' }],
      ['small', 'report', { condition: 'result[0] != "0"' }],
    ],
  ),
  {
    list: () => ['a', 'b', 'c', 'd'],
    size: ({ item, index = 0, attempt }: NodeContext) => {
      if (index === 1 && attempt === 1) throw new Error('not yet')
      return String(item)
    },
    oddFails: ({ index = 0 }: NodeContext) => {
      if (index % 2 === 1) throw new Error('odd')
      return index
    },
    turn: ({ iteration }: NodeContext) => iteration[0],
    pair: ({ iteration }: NodeContext) => [String(iteration[0]), 'x'],
  },
  { runs: 1 },
)

/** Waits that are answered, one with an action, and one whose time is up. */
const waits = sample(
  graph(
    [
      'ask',
      'yes',
      'no',
      'late',
      'done',
      'x',
      'y',
      'z',
      node('approval', 'wait'),
      node('payment', 'wait', { params: { timeoutMs: 86_400_000 } }),
      node('silence', 'wait', { params: { timeoutMs: 60_000, timeoutAction: 'late' } }),
    ],
    [
      ...chain('ask', 'approval'),
      ...chain('ask', 'payment', 'x', 'done'),
      ...chain('ask', 'silence'),
      ['approval', 'yes', { action: 'yes' }],
      ['approval', 'no', { action: 'no' }],
      ['silence', 'late', { action: 'late' }],
      ...chain('yes', 'y', 'done'),
      ...chain('no', 'done'),
      ...chain('late', 'z', 'done'),
    ],
  ),
  {},
  { answers: { approval: route('yes', { by: 'me' }), payment: () => 42 } },
)

/** Sleeps, and retries with delays. */
const timers = sample(
  graph(
    [
      'begin',
      'a',
      'b',
      'c',
      'end',
      node('night', 'sleep', { params: { durationMs: 8 * 3_600_000 } }),
      node('minute', 'sleep', { params: { durationMs: 60_000 } }),
      node('blink', 'sleep', { params: { durationMs: 1 } }),
      node('call', 'flaky', {
        config: {
          retry: { maxAttempts: 4, backoff: { type: 'exponential', delayMs: 500, jitter: 0.5 } },
          timeoutMs: 4000,
        },
      }),
      node('again', 'flaky', { config: { retry: { maxAttempts: 3 } } }),
    ],
    [
      ...chain('begin', 'night', 'a', 'end'),
      ...chain('begin', 'minute', 'b', 'blink', 'end'),
      ...chain('begin', 'call', 'c', 'end'),
      ...chain('begin', 'again', 'end'),
    ],
  ),
  { flaky: flaky(2) },
)

const leaf: Workflow = {
  blueprint: { ...graph(['p', 'q', 'r', 's', 't'], chain('p', 'q', 'r', 's', 't')), id: 'leaf' },
  registry: { p: work, q: work, r: work, s: work, t: work },
}

const branch: Workflow = {
  blueprint: {
    ...graph(
      ['s', 't', node('deep', 'subflow', { params: { blueprintId: 'leaf' } }), node('question', 'wait')],
      [...chain('s', 'deep', 't'), ...chain('s', 'question', 't')],
    ),
    id: 'branch',
  },
  registry: { s: work, t: work },
  subflows: { leaf },
}

const broken: Workflow = {
  blueprint: { ...graph([node('u', 'work'), node('v', 'fail')], chain('u', 'v')), id: 'broken' },
  registry: handlers,
}

/** Child runs, with a wait and child runs of their own, and one that fails. */
const subflows: SampleFlow = {
  workflow: {
    ...sample(
      graph(
        [
          'main',
          'rescue',
          'log',
          'copy',
          'end',
          node('one', 'subflow', { params: { blueprintId: 'branch' } }),
          node('two', 'subflow', { params: { blueprintId: 'broken' }, config: { retry: { maxAttempts: 2 } } }),
        ],
        [
          ...chain('main', 'one', 'end'),
          ...chain('main', 'two', 'end'),
          ['two', 'rescue', { on: 'error' }],
          ...chain('rescue', 'log', 'copy', 'end'),
        ],
      ),
    ).workflow,
    subflows: { branch, broken },
  },
  options: {
    input: ({ run }: { readonly run: number }) => ({ order: run }),
    answers: { question: 'answer' },
    runs: 1,
  },
}

/** Failures that error edges, fallbacks and retries handle, and one that nothing handles. */
const failures = sample(
  graph(
    [
      'go',
      'w',
      'x',
      'y',
      'z',
      'sorry',
      'end',
      node('spare', 'name'),
      node('flaky', 'flaky', { config: { retry: { maxAttempts: 3 } } }),
      node('caught', 'fail'),
      node('replaced', 'fail', { config: { retry: { maxAttempts: 2 }, fallback: 'spare' } }),
      node('lost', 'fail'),
      node('cut', 'name'),
      node('after', 'name', { config: { joinStrategy: 'settled' } }),
    ],
    [
      ...chain('go', 'flaky', 'w', 'end'),
      ...chain('go', 'caught', 'x'),
      ['caught', 'sorry', { on: 'error' }],
      ...chain('sorry', 'end'),
      ...chain('go', 'replaced', 'y', 'end'),
      ...chain('go', 'lost', 'cut', 'after'),
      ...chain('go', 'z', 'after'),
    ],
  ),
  { flaky: flaky(2) },
  { onFailure: 'continue' },
)

/** Nodes that handlers add, one of them inside a loop. */
const expansions = sample(
  graph(
    ['planner', 'check', 'join', 'looper', 'turn', 'end', 'tail'],
    [
      ...chain('planner', 'join', 'end'),
      ...chain('planner', 'check', 'join'),
      ...chain('looper', 'turn'),
      ['turn', 'looper', { condition: 'result < 1' }],
      ['turn', 'tail', { condition: 'result >= 1' }],
      ...chain('tail', 'end'),
    ],
    { start: ['planner', 'looper'] },
  ),
  {
    planner: () =>
      expand(
        {
          nodes: ['m', 'n', 'o'].map((id) => ({ id, uses: 'work' })),
          edges: [
            { source: 'planner', target: 'm' },
            { source: 'planner', target: 'n' },
            { source: 'm', target: 'o' },
            { source: 'n', target: 'o' },
            { source: 'o', target: 'join' },
          ],
        },
        'planned',
      ),
    looper: ({ iteration }: NodeContext) => {
      const id = `step${iteration[0] ?? 0}`
      const edges = [
        { source: 'looper', target: id },
        { source: id, target: 'turn' },
      ]
      return expand({ nodes: [{ id, uses: 'work' }], edges }, iteration[0])
    },
    turn: ({ iteration }: NodeContext) => iteration[0],
  },
)

/** Shared values that many nodes write: by reducers, and by updates that are attempted again. */
const values = sample(
  {
    ...graph(
      ['seed', ...[1, 2, 3, 4, 5, 6].map((at) => `add${at}`), ...[1, 2, 3].map((at) => `up${at}`), 'total'],
      [
        ...[1, 2, 3, 4, 5, 6].flatMap((at) => chain('seed', `add${at}`, 'total')),
        ...[1, 2, 3].flatMap((at) => chain('seed', `up${at}`, 'total')),
      ],
    ),
    policy: {
      context: {
        names: { reducer: 'append', initial: [] },
        sum: { reducer: 'sum', initial: 0 },
        counter: { initial: 0 },
      },
    },
  },
  {
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((at) => [
        `add${at}`,
        ({ context, nodeId }: NodeContext) => {
          context.set('names', nodeId)
          context.set('sum', at)
        },
      ]),
    ),
    ...Object.fromEntries(
      [1, 2, 3].map((at) => [
        `up${at}`,
        ({ context }: NodeContext) => context.update('counter', (count) => Number(count) + at),
      ]),
    ),
    total: ({ context }: NodeContext) => [context.get('sum'), context.get('counter')],
  },
)

/** Handlers that make durable calls, in attempts that fail too. */
const calls: SampleFlow = (() => {
  const { workflow, options } = sample(
    graph(
      [
        'a',
        'b',
        'c',
        'd',
        'e',
        'f',
        'g',
        node('steps', 'steps', { config: { retry: { maxAttempts: 2 } } }),
        'naps',
        'asks',
        'asksTwice',
      ],
      [
        ...chain('a', 'steps', 'b', 'f'),
        ...chain('a', 'naps', 'c', 'f'),
        ...chain('a', 'asks', 'd', 'f', 'g'),
        ...chain('a', 'asksTwice', 'e', 'f'),
      ],
    ),
    {
      steps: async ({ step, sleep, emit, attempt }: NodeContext) => {
        const first = await step('first', () => 1)
        const both = await Promise.all([
          step('left', () => first + 1),
          step('right', () => first + 2),
          sleep('nap', 300),
        ])
        await emit('told', both)
        if (attempt === 1) throw new Error('not yet')
        return step('last', () => [first, ...both])
      },
      naps: async ({ step, sleep }: NodeContext) => {
        for (let nap = 0; nap < 2; nap++) await sleep('nap', 20_000)
        return step('rested', () => 'rested')
      },
      asks: async ({ step, waitFor }: NodeContext) => {
        const question = await step('question', () => 'why?')
        return [question, await waitFor('answer'), await step('thanks', () => 'thanks')]
      },
      asksTwice: async ({ waitFor, sleep }: NodeContext) => {
        const [, one] = await Promise.all([sleep('nap', 5000), waitFor('one')])
        const late = await waitFor('never', { timeout: 60_000 }).catch(
          (error: unknown) => (error as { code: string }).code,
        )
        return [one, late]
      },
    },
  )
  return { workflow, options: { ...options, answers: { answer: 'because', one: 1 } } }
})()

/** Workflows that together have everything that a run can do. */
export const sampleFlows: Readonly<Record<SampleName, SampleFlow>> = {
  sequence,
  splits,
  joins,
  loops,
  maps,
  waits,
  timers,
  subflows,
  failures,
  expansions,
  values,
  calls,
}

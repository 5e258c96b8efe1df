import type { EdgeDefinition, NodeDefinition, Registry, Workflow, WorkflowBlueprint } from '@heddle/core'

type Settings = Partial<NodeDefinition>
type EdgeText = readonly [source: string, target: string, guards?: Omit<EdgeDefinition, 'source' | 'target'>]

/** Nodes that work unless they say otherwise, and the sum of all visits as a shared value. */
function flow(id: string, nodes: Readonly<Record<string, Settings>>, edges: readonly EdgeText[]): WorkflowBlueprint {
  return {
    id,
    nodes: Object.entries(nodes).map(([nodeId, settings]) => ({ id: nodeId, uses: 'work', ...settings })),
    edges: edges.map(([source, target, guards]) => ({ source, target, ...guards })),
    policy: { onFailure: 'continue', context: { visits: { reducer: 'sum' } } },
  }
}

function chain(...ids: readonly string[]): EdgeText[] {
  return ids.slice(1).map((target, at) => [ids[at] as string, target])
}

function all(sources: readonly string[], targets: readonly string[]): EdgeText[] {
  return sources.flatMap((source) => targets.map((target) => [source, target] as const))
}

const takes = (ms: number): Settings => ({ params: { ms } })
const loose = (config: NodeDefinition['config']): Settings => ({ params: { isLoose: true }, ...(config && { config }) })

/** Every join strategy over the same branches, one of which is not chosen. */
const joins = flow(
  'joins',
  {
    start: {},
    a: takes(10),
    b: takes(150),
    c: takes(600),
    d: {},
    whole: {},
    any: loose({ joinStrategy: 'any' }),
    two: loose({ joinStrategy: { atLeast: 2 } }),
    every: { config: { joinStrategy: 'every' } },
    settled: { config: { joinStrategy: 'settled' } },
    end: loose(undefined),
  },
  [
    ...all(['start'], ['a', 'b', 'c']),
    ['start', 'd', { condition: 'false' }],
    ...all(['a', 'b', 'c', 'd'], ['whole', 'settled', 'any', 'two']),
    ...all(['a', 'b', 'c'], ['every']),
    ...all(['whole', 'settled', 'any', 'two', 'every'], ['end']),
  ],
)

/** A loop of three iterations with two branches that meet in each. */
const loops = flow(
  'loops',
  {
    start: {},
    head: {},
    left: takes(80),
    right: {},
    meet: { params: { turns: 3 } },
    end: {},
  },
  [
    ...chain('start', 'head'),
    ...all(['head'], ['left', 'right']),
    ...all(['left', 'right'], ['meet']),
    ['meet', 'head', { action: 'again' }],
    ['meet', 'end', { action: 'done' }],
  ],
)

/** Two maps, one of them three at a time, whose results meet. */
const maps = flow(
  'maps',
  {
    list: { params: { items: 8 } },
    few: { uses: 'map', params: { each: 'work', concurrency: 3 } },
    many: { uses: 'map', params: { each: 'work' } },
    report: {},
  },
  [...all(['list'], ['few', 'many']), ...all(['few', 'many'], ['report'])],
)

/** Two waits that the client answers, beside a sleep and work. */
const waits = flow(
  'waits',
  {
    ask: {},
    approval: { uses: 'wait' },
    payment: { uses: 'wait' },
    nap: { uses: 'sleep', params: { durationMs: 700 } },
    work: takes(200),
    after: {},
    end: {},
  },
  [
    ...all(['ask'], ['approval', 'payment', 'nap', 'work']),
    ...all(['approval', 'nap'], ['after']),
    ...all(['after', 'payment', 'work'], ['end']),
  ],
)

/** Attempts that fail: tried again, caught by an edge, replaced by a fallback, and one that nothing handles. */
const failures = flow(
  'failures',
  {
    go: {},
    flaky: {
      params: { fails: 2 },
      config: { retry: { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 150 } } },
    },
    caught: { params: { fails: 99 } },
    sorry: {},
    replaced: { params: { fails: 99 }, config: { fallback: 'spare' } },
    spare: loose(undefined),
    lost: { params: { fails: 99 } },
    cut: {},
    end: {},
  },
  [
    ...all(['go'], ['flaky', 'caught', 'replaced', 'lost']),
    ['caught', 'sorry', { on: 'error' }],
    ...chain('lost', 'cut'),
    ...all(['flaky', 'replaced', 'sorry'], ['end']),
  ],
)

const child = flow('child', { first: {}, one: takes(60), other: takes(200), question: { uses: 'wait' }, last: {} }, [
  ...all(['first'], ['one', 'other', 'question']),
  ...all(['one', 'other', 'question'], ['last']),
])

/** Two child runs at once, with a wait and a join in each. */
const subflows = flow(
  'subflows',
  {
    main: {},
    east: { uses: 'subflow', params: { blueprintId: 'child' } },
    west: { uses: 'subflow', params: { blueprintId: 'child' } },
    beside: takes(100),
    end: {},
  },
  [...all(['main'], ['east', 'west', 'beside']), ...all(['east', 'west', 'beside'], ['end'])],
)

/** Handlers with steps, a sleep and a wait, which are suspended and go on elsewhere. */
const calls = flow('calls', { begin: {}, order: { uses: 'steps' }, other: { uses: 'steps' }, end: {} }, [
  ...all(['begin'], ['order', 'other']),
  ...all(['order', 'other'], ['end']),
])

/** The workflows that go through the chaos. */
export function chaosFlows(registry: Registry): readonly Workflow[] {
  const inner = { blueprint: child, registry }
  return [
    ...[joins, loops, maps, waits, failures, calls].map((blueprint) => ({ blueprint, registry })),
    { blueprint: subflows, registry, subflows: { child: inner } },
  ]
}

/** Nodes with several incoming edges: each is a join. */
export const joinNodes: ReadonlySet<string> = new Set(
  [joins, loops, maps, waits, failures, child, subflows, calls].flatMap(({ nodes, edges }) =>
    nodes.map(({ id }) => id).filter((id) => edges.filter(({ target }) => target === id).length > 1),
  ),
)

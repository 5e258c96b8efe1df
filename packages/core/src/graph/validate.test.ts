import { describe, expect, it } from 'vitest'
import { countReads } from '../../test/counted-reads.ts'
import { CelEvaluator } from '../defaults/cel-evaluator.ts'
import type { EdgeDefinition, NodeConfig, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { BlueprintProblem } from './blueprint-problem.ts'
import { validateBlueprint } from './validate.ts'
import type { ValidateOptions } from './validate.ts'

/** Nodes `a b c` and edges `a>b b>c`, each node with the implementation `work` and what `configs` says. */
function graph(
  nodes: string,
  edges: string,
  configs: Readonly<Record<string, NodeConfig>> = {},
  more: object = {},
): WorkflowBlueprint {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
  return {
    id: 'test',
    nodes: words(nodes).map((id): NodeDefinition => ({
      id,
      uses: 'work',
      ...(Object.hasOwn(configs, id) ? { config: configs[id] as NodeConfig } : {}),
    })),
    edges: words(edges).map((edge): EdgeDefinition => {
      const [ends = '', action] = edge.split(':')
      const [source = '', target = ''] = ends.split('>')
      return { source, target, ...(action === undefined ? {} : action === 'error' ? { on: 'error' } : { action }) }
    }),
    ...more,
  }
}

const options: ValidateOptions = {
  registry: new Set(['work', 'score']),
  blueprints: { child: {} },
  evaluator: new CelEvaluator(),
}
const problemsOf = (blueprint: WorkflowBlueprint): readonly BlueprintProblem[] => validateBlueprint(blueprint, options)
const codesOf = (blueprint: WorkflowBlueprint): string[] => problemsOf(blueprint).map(({ code }) => code)

/** The only problem. */
function problemOf(blueprint: WorkflowBlueprint): BlueprintProblem {
  const problems = problemsOf(blueprint)
  expect(problems.map(({ message }) => message)).toHaveLength(1)
  return problems[0]!
}

it('finds nothing wrong with a blueprint that uses everything', () => {
  const blueprint: WorkflowBlueprint = {
    id: 'all-of-it',
    version: '2',
    start: ['a'],
    nodes: [
      {
        id: 'a',
        uses: 'work',
        params: { deep: { list: [1, null, 'x'] } },
        inputs: { x: 'input.x', y: 'deps' },
        config: { fallback: 'f', maxIterations: 5 },
      },
      {
        id: 'b',
        uses: 'score',
        inputs: 'context',
        config: {
          joinStrategy: 'any',
          retry: { maxAttempts: 3, backoff: { type: 'exponential', delayMs: 1, jitter: 0.5 } },
        },
      },
      {
        id: 'm',
        uses: 'map',
        params: { each: 'work', over: 'score', concurrency: 2, tolerated: { share: 0.1 } },
        config: { joinStrategy: { atLeast: 1 }, cancels: ['b'] },
      },
      {
        id: 's',
        uses: 'subflow',
        params: { blueprintId: 'child', output: 'score' },
        config: { compensate: 'work', timeoutMs: 5, priority: -1 },
      },
      { id: 'w', uses: 'wait', params: { timeoutMs: 5 } },
      { id: 'z', uses: 'sleep', params: { durationMs: 0 } },
      { id: 'f', uses: 'work' },
    ],
    edges: [
      { source: 'a', target: 'b', condition: 'result.n + 1 > 3', transform: '{"x": result}' },
      { source: 'a', target: 'b', on: 'error' },
      { source: 'b', target: 'a', action: 'again' },
      { source: 'b', target: 'm', action: 'go' },
      { source: 'm', target: 's' },
      { source: 's', target: 'w' },
      { source: 'w', target: 'z' },
    ],
    policy: {
      onFailure: 'compensate',
      deadlineMs: 1000,
      output: 'z',
      context: { log: { reducer: 'append', initial: [] }, n: {} },
    },
    metadata: { author: 'maria' },
  }
  expect(problemsOf(blueprint)).toEqual([])
})

describe('ids', () => {
  it.each(['', 'a b', '__proto__', 'x'.repeat(129), 'ü', 'a>b'])('the id %j is refused, with the rule', (id) => {
    const problem = problemOf({ id: 'test', nodes: [{ id, uses: 'work' }], edges: [] })
    expect(problem).toMatchObject({ code: 'INVALID_ID', severity: 'error', nodeId: id })
    expect(problem.message).toContain('[A-Za-z0-9_.-]{1,128}')
  })

  it('the id of the blueprint is checked too, and ids of Object.prototype are fine', () => {
    expect(codesOf({ ...graph('a', ''), id: 'a/b' })).toEqual(['INVALID_ID'])
    expect(
      codesOf(graph('constructor toString', 'constructor>toString', { constructor: { fallback: 'hasOwnProperty' } })),
    ).toEqual(['UNKNOWN_FALLBACK'])
  })

  it('an id that is given three times is reported once', () => {
    expect(problemOf(graph('a b a a', 'a>b'))).toMatchObject({ code: 'DUPLICATE_ID', nodeId: 'a' })
  })

  it('an edge to a node that does not exist is named, with what was probably meant', () => {
    const [problem, second] = problemsOf(graph('fetch score', 'fetch>score fetch>scroe ghost>score'))
    expect(problem).toMatchObject({ code: 'UNKNOWN_NODE', edge: 'fetch>scroe#0' })
    expect(problem?.message).toContain('Did you mean "score"?')
    expect(second).toMatchObject({ code: 'UNKNOWN_NODE', edge: 'ghost>score#0' })
    expect(second?.message).toContain('Add the node or remove the edge')
  })
})

describe('implementations', () => {
  const node = (fields: Partial<NodeDefinition>): WorkflowBlueprint => ({
    id: 'test',
    nodes: [{ id: 'a', uses: 'work', ...fields }],
    edges: [],
  })

  it('names that are not registered are reported, those of built-in kinds and of params too', () => {
    expect(problemOf(node({ uses: 'wrok' })).message).toContain('Did you mean "work"?')
    expect(problemOf(node({ uses: 'subflwo' })).message).toContain('Did you mean "subflow"?')
    expect(problemOf(node({ uses: 'something-else' })).message).toContain('Add it to the registry')
    expect(problemOf(node({ uses: 'map', params: { each: 'nothing' } }))).toMatchObject({
      code: 'UNKNOWN_HANDLER',
      nodeId: 'a',
    })
    expect(problemOf(node({ config: { compensate: 'undo' } })).message).toContain('config.compensate "undo"')
  })

  it('a timeout of a built-in node without a function that it could bound is warned about, with what bounds its waiting', () => {
    const config = { timeoutMs: 5 }
    const bounds = [
      node({ uses: 'wait', config }),
      node({ uses: 'sleep', params: { durationMs: 1 }, config }),
      node({ uses: 'subflow', params: { blueprintId: 'child' }, config }),
    ].map((blueprint) => problemOf(blueprint))
    expect(bounds.map(({ code, severity }) => `${code} ${severity}`)).toEqual(
      Array.from({ length: 3 }, () => 'UNUSED_SETTING warning'),
    )
    expect(bounds[0]?.message).toContain('params.timeoutMs of the wait')
    expect(bounds[1]?.message).toContain('params.durationMs')
    expect(bounds[2]?.message).toContain('policy.deadlineMs of the child blueprint')
  })

  it('a timeout of a built-in node with a function is fine', () => {
    const config = { timeoutMs: 5 }
    expect(codesOf(node({ uses: 'map', params: { each: 'work' }, config }))).toEqual([])
    expect(codesOf(node({ uses: 'sleep', params: { until: 'score' }, config }))).toEqual([])
    expect(codesOf(node({ uses: 'subflow', params: { blueprintId: 'child', output: 'score' }, config }))).toEqual([])
    expect(codesOf(node({ uses: 'wait', params: { $when: 'score' }, config }))).toEqual([])
  })

  it('built-in kinds need their params', () => {
    expect(problemOf(node({ uses: 'map' }))).toMatchObject({ code: 'MISSING_PARAM' })
    expect(problemOf(node({ uses: 'sleep', params: {} })).message).toContain('params.durationMs or params.until')
    expect(problemOf(node({ uses: 'subflow', params: { blueprintId: 7 } }))).toMatchObject({ code: 'INVALID_SHAPE' })
  })

  it.each([5, true, null, {}, ['approval']])('the name of a wait is text, and not %j', (name) => {
    const wait = problemOf(node({ uses: 'wait', params: { name } }))
    expect(wait).toMatchObject({ code: 'INVALID_SHAPE', nodeId: 'a', severity: 'error' })
    expect(wait.message).toContain('params.name must be text')
    expect(codesOf(node({ uses: 'webhook', params: { announce: 'work', name } }))).toEqual(['INVALID_SHAPE'])
  })

  it('a subflow must run a blueprint that is known', () => {
    const problem = problemOf(node({ uses: 'subflow', params: { blueprintId: 'chlid' } }))
    expect(problem).toMatchObject({ code: 'UNKNOWN_BLUEPRINT', nodeId: 'a' })
    expect(problem.message).toContain('Did you mean "child"?')
  })

  it('nothing is asked of a registry or of blueprints that are not given', () => {
    expect(validateBlueprint(node({ uses: 'whatever' }))).toEqual([])
    expect(validateBlueprint(node({ uses: 'subflow', params: { blueprintId: 'x' } }))).toEqual([])
    expect(validateBlueprint(node({ uses: 'constructor' }), { registry: { work: () => 1 } })).toMatchObject([
      { code: 'UNKNOWN_HANDLER' },
    ])
  })

  it.each([
    ['undefined', undefined, 'Look at the import'],
    ['a number', 5, 'Register a function.'],
    ['an object (Object)', { default: () => 1 }, '{ "work": module.default }'],
  ])('what is registered under a name that is used must be a function, not %s', (what, entry, mend) => {
    const registry = { work: entry, other: 'never used' }
    const [problem, ...more] = validateBlueprint(node({ uses: 'work' }), { registry })
    expect(problem).toMatchObject({ code: 'INVALID_HANDLER', severity: 'error', nodeId: 'a' })
    expect(problem?.message).toContain(`registered under uses "work" is ${what}, not a function`)
    expect(problem?.message).toContain(mend)
    expect(more).toEqual([])
    const undo = node({ uses: 'fine', config: { compensate: 'work' } })
    expect(validateBlueprint(undo, { registry: { ...registry, fine: () => 1 } })).toMatchObject([
      { code: 'INVALID_HANDLER', message: expect.stringContaining('config.compensate "work"') as string },
    ])
  })

  it('a key that limits nothing is warned about: one without a limit, and one of a node that calls no handler', () => {
    const limited = node({ uses: 'work', config: { concurrencyKey: 'k', queue: 'q', priority: 1 } })
    const waiting = node({ uses: 'wait', config: { concurrencyKey: 'k' } })
    expect(problemsOf(limited)).toEqual([])
    expect(validateBlueprint(limited, { limitedKeys: new Set(['k']) })).toEqual([])
    const unlimited = validateBlueprint(limited, { limitedKeys: new Set() })
    expect([...unlimited, ...problemsOf(waiting)]).toMatchObject([
      {
        code: 'UNUSED_SETTING',
        severity: 'warning',
        nodeId: 'a',
        message: expect.stringContaining('no limit') as string,
      },
      {
        code: 'UNUSED_SETTING',
        severity: 'warning',
        nodeId: 'a',
        message: expect.stringContaining('"wait"') as string,
      },
    ])
  })
})

describe('fallbacks', () => {
  it('must exist, without edges and without a fallback of their own', () => {
    expect(codesOf(graph('a f', '', { a: { fallback: 'g' } }))).toEqual(['UNKNOWN_FALLBACK'])
    expect(codesOf(graph('a f b', 'a>b f>b', { a: { fallback: 'f' } }))).toEqual(['FALLBACK_WITH_EDGES'])
    expect(codesOf(graph('a f g', '', { a: { fallback: 'f' }, f: { fallback: 'g' } }))).toEqual([
      'FALLBACK_WITH_FALLBACK',
    ])
    expect(codesOf(graph('a b', 'a>b', { b: { fallback: 'b' } }))).toEqual([
      'FALLBACK_WITH_EDGES',
      'FALLBACK_WITH_FALLBACK',
    ])
    expect(codesOf(graph('a f', '', { a: { fallback: 'f' } }, { start: ['a', 'f'] }))).toEqual(['FALLBACK_WITH_EDGES'])
  })

  it('may serve several nodes', () => {
    expect(codesOf(graph('a b f', 'a>b', { a: { fallback: 'f' }, b: { fallback: 'f' } }))).toEqual([])
  })
})

describe('where a run begins and comes', () => {
  it('a blueprint without a start node is refused', () => {
    expect(problemOf(graph('', '')).message).toContain('Add a node')
    expect(problemOf(graph('a b', 'a>b b>a'))).toMatchObject({ code: 'NO_START_NODE' })
    expect(codesOf(graph('a b', 'a>b b>a', {}, { start: ['a'] }))).toEqual([])
  })

  it('an unknown start and nodes that cannot be reached are refused', () => {
    expect(codesOf(graph('a b', 'a>b', {}, { start: ['a', 'x'] }))).toEqual(['UNKNOWN_NODE'])
    expect(problemOf(graph('a b c', 'a>b', {}, { start: ['a'] }))).toMatchObject({
      code: 'UNREACHABLE_NODE',
      nodeId: 'c',
    })
    expect(codesOf(graph('a b c d', 'a>b c>d d>c'))).toEqual(['UNREACHABLE_NODE', 'UNREACHABLE_NODE'])
  })
})

describe('loops', () => {
  it('with one entry are fine, nested ones and a node that leads to itself too', () => {
    expect(codesOf(graph('a b c d', 'a>b b>c c>b c>d d>b d>d'))).toEqual([])
  })

  it('with two entries are refused, with the ids', () => {
    const problem = problemOf(graph('a b c', 'a>b a>c b>c c>b'))
    expect(problem.code).toBe('LOOP_WITH_SEVERAL_ENTRIES')
    expect(problem.message).toMatch(/"[bc]", "[bc]"/)
  })

  it('a limit of iterations elsewhere than at a header is warned about', () => {
    expect(problemOf(graph('a b', 'a>b', { a: { maxIterations: 3 } }))).toMatchObject({
      code: 'UNUSED_SETTING',
      severity: 'warning',
    })
  })
})

describe('joins', () => {
  it.each(['a>j:yes a>j:no', 'a>j a>j:error'])(
    '"every" over edges that exclude one another is refused: %s',
    (edges) => {
      expect(problemOf(graph('a j', edges, { j: { joinStrategy: 'every' } }))).toMatchObject({
        code: 'JOIN_NEVER_FIRES',
        nodeId: 'j',
      })
      expect(codesOf(graph('a j', edges, { j: { joinStrategy: 'all' } }))).toEqual([])
    },
  )

  it('"every" is looked at apart for the edges into a loop and those back', () => {
    const edges = 'a>h h>b b>h:more b>h:again'
    expect(codesOf(graph('a h b', edges, { h: { joinStrategy: 'every' } }))).toEqual(['JOIN_NEVER_FIRES'])
    expect(codesOf(graph('a h b', 'a>h h>b b>h:more b>h', { h: { joinStrategy: 'every' } }))).toEqual([])
  })

  it.each([0, -1, 1.5, 4, Number.NaN])('{ atLeast: %d } of three edges is refused', (atLeast) => {
    expect(problemOf(graph('a b c j', 'a>j b>j c>j', { j: { joinStrategy: { atLeast } } }))).toMatchObject({
      code: 'AT_LEAST_OUT_OF_RANGE',
    })
  })

  it('{ atLeast } counts what can be taken together', () => {
    const at = (atLeast: number, nodes: string, edges: string, more = {}): string[] =>
      codesOf(graph(nodes, edges, { j: { joinStrategy: { atLeast } } }, more))
    expect(at(3, 'a b c j', 'a>j b>j c>j')).toEqual([])
    expect(at(2, 'a j', 'a>j:yes a>j:no')).toEqual(['AT_LEAST_OUT_OF_RANGE'])
    expect(at(2, 'a j', 'a>j:yes a>j')).toEqual([])
    // At the header of a loop: the edges into it at first, later those back.
    expect(at(2, 'a b j c', 'a>j b>j j>c c>j')).toEqual(['AT_LEAST_OUT_OF_RANGE'])
    expect(at(1, 'a b j c', 'a>j b>j j>c c>j')).toEqual([])
    // The beginning of the run is one more edge of a start node.
    expect(at(1, 'j c', 'j>c c>j', { start: ['j'] })).toEqual([])
    expect(at(2, 'a j', 'a>j', { start: ['a', 'j'] })).toEqual([])
  })
})

describe('numbers', () => {
  it.each<[NodeConfig, string]>([
    [{ retry: { maxAttempts: 0 } }, 'config.retry.maxAttempts is 0'],
    [{ retry: { maxAttempts: 1.5 } }, 'config.retry.maxAttempts is 1.5'],
    [{ retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: -1 } } }, 'config.retry.backoff.delayMs is -1'],
    [
      { retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: Infinity } } },
      'config.retry.backoff.delayMs is Infinity',
    ],
    [
      { retry: { maxAttempts: 2, backoff: { type: 'exponential', delayMs: 1, factor: 0 } } },
      'config.retry.backoff.factor is 0',
    ],
    [
      { retry: { maxAttempts: 2, backoff: { type: 'exponential', delayMs: 1, jitter: 2 } } },
      'config.retry.backoff.jitter is 2',
    ],
    [{ timeoutMs: 0 }, 'config.timeoutMs is 0'],
    [{ timeoutMs: Number.NaN }, 'config.timeoutMs is NaN'],
    [{ priority: Infinity }, 'config.priority is Infinity'],
  ])('%j is refused', (config, message) => {
    const problem = problemOf(graph('a', '', { a: config }))
    expect(problem).toMatchObject({ code: 'INVALID_NUMBER', nodeId: 'a' })
    expect(problem.message).toContain(message)
  })

  it('limits of loops, params and policy are checked too', () => {
    expect(codesOf(graph('a', 'a>a', { a: { maxIterations: 0 } }, { start: ['a'] }))).toEqual(['INVALID_NUMBER'])
    expect(codesOf(graph('a', '', {}, { policy: { deadlineMs: -1 } }))).toEqual(['INVALID_NUMBER'])
    const map = { id: 'm', uses: 'map', params: { each: 'work', concurrency: 0, tolerated: { count: -1, share: 2 } } }
    expect(codesOf({ id: 'test', nodes: [map], edges: [] })).toEqual([
      'INVALID_NUMBER',
      'INVALID_NUMBER',
      'INVALID_NUMBER',
    ])
    const count = { id: 'm', uses: 'map', params: { each: 'work', tolerated: 5 } }
    expect(problemOf({ id: 'test', nodes: [count], edges: [] })).toMatchObject({ code: 'INVALID_NUMBER', nodeId: 'm' })
  })

  it('a sleep with two ends is warned of the one that has no effect', () => {
    const sleep = { id: 's', uses: 'sleep', params: { durationMs: 5, until: 'work' } }
    const found = problemOf({ id: 'test', nodes: [sleep], edges: [] })
    expect(found).toMatchObject({ code: 'UNUSED_SETTING', severity: 'warning', nodeId: 's' })
  })
})

describe('expressions', () => {
  it('that do not parse are reported with edge, expression and position', () => {
    const blueprint = graph(
      'a b',
      '',
      {},
      {
        edges: [
          { source: 'a', target: 'b' },
          { source: 'a', target: 'b', condition: 'result.a ==' },
        ],
      },
    )
    const problem = problemOf(blueprint)
    expect(problem).toMatchObject({ code: 'EXPRESSION_INVALID', edge: 'a>b#1', position: 11 })
    expect(problem.message).toContain('"result.a =="')
  })

  it('in transforms and inputs are checked too', () => {
    const nodes = [
      { id: 'a', uses: 'work', inputs: 'foo' },
      { id: 'b', uses: 'work', inputs: { x: 'result', y: '1 +' } },
    ]
    const problems = problemsOf({ id: 'test', nodes, edges: [{ source: 'a', target: 'b', transform: '{' }] })
    expect(problems.map(({ nodeId, edge }) => nodeId ?? edge)).toEqual(['a>b#0', 'a', 'b'])
    expect(problems[2]?.message).toContain('inputs.y')
  })
})

it('names in the policy must be known', () => {
  expect(problemOf(graph('score', '', {}, { policy: { output: 'scor' } })).message).toContain('Did you mean "score"?')
  expect(problemOf(graph('a', '', {}, { policy: { context: { log: { reducer: 'apend' } } } }))).toMatchObject({
    code: 'UNKNOWN_REDUCER',
  })
})

describe('cancels', () => {
  it('must name nodes that are known', () => {
    expect(problemOf(graph('a slow', '', { a: { cancels: ['slw', 'slow'] } }))).toMatchObject({
      code: 'UNKNOWN_NODE',
      nodeId: 'a',
      message: expect.stringContaining('Did you mean "slow"?') as string,
    })
  })

  it('may not name the node itself', () => {
    expect(problemOf(graph('a b', '', { a: { cancels: ['b', 'a', 'a'] } }))).toMatchObject({
      code: 'INVALID_CANCELS',
      nodeId: 'a',
      message: expect.stringContaining('cancels itself') as string,
    })
  })

  it('name a node, not its fallback', () => {
    expect(problemOf(graph('a b f', '', { a: { cancels: ['f'] }, b: { fallback: 'f' } }))).toMatchObject({
      code: 'INVALID_CANCELS',
      nodeId: 'a',
    })
  })

  it('stand at the node in whose place a fallback runs, not at the fallback', () => {
    expect(problemOf(graph('a b f', '', { b: { fallback: 'f' }, f: { cancels: ['a'] } }))).toMatchObject({
      code: 'INVALID_CANCELS',
      nodeId: 'f',
    })
  })
})

it('reports all problems at once, and only those of shape where the shape is wrong', () => {
  const many = graph('a a b c', 'a>x b>c c>b', { a: { retry: { maxAttempts: 0 }, fallback: 'y' } })
  expect(new Set(codesOf(many))).toEqual(
    new Set(['DUPLICATE_ID', 'UNKNOWN_NODE', 'UNKNOWN_FALLBACK', 'UNREACHABLE_NODE', 'INVALID_NUMBER']),
  )
  expect(codesOf({ ...many, edges: 7 } as unknown as WorkflowBlueprint)).toEqual(['INVALID_SHAPE'])
  expect(problemsOf(undefined as unknown as WorkflowBlueprint)).toMatchObject([{ code: 'INVALID_SHAPE' }])
})

describe('size', () => {
  const chain = (count: number): WorkflowBlueprint => ({
    id: 'chain',
    nodes: Array.from({ length: count }, (_, i) => ({ id: `n${i}`, uses: 'work', config: { timeoutMs: 5 } })),
    edges: Array.from({ length: count - 1 }, (_, i) => ({
      source: `n${i}`,
      target: `n${i + 1}`,
      condition: 'result.ok',
    })),
  })

  it('a chain of 100,000 nodes does not overflow the stack', () => {
    expect(problemsOf(chain(100_000))).toEqual([])
  })

  it('ten times the nodes are looked at ten times as often', () => {
    const reads = (count: number): number => countReads(chain(count), problemsOf)
    expect(reads(5000) / reads(500)).toBeCloseTo(10, 0)
  })

  it('many problems are all told, though what was meant is looked for only so often', () => {
    const broken = { ...chain(3000), edges: chain(3000).edges.map((edge) => ({ ...edge, target: `${edge.target}x` })) }
    const found = problemsOf(broken)
    const hinted = found.filter(({ message }) => message.includes('Did you mean'))
    expect(found.length).toBeGreaterThan(2900)
    expect(hinted.length).toBeGreaterThan(10)
    expect(hinted.length).toBeLessThan(200)
  })
})

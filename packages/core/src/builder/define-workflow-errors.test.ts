import { describe, expect, it } from 'vitest'
import { HeddleError } from '../errors/heddle-error.ts'
import { defineWorkflow } from './define-workflow.ts'
import { ofType } from './of-type.ts'

const fn = (): number => 1

/** A builder as JavaScript sees it. */
interface Untyped {
  node(id: unknown, options: unknown, handler?: unknown): Untyped
  map(id: unknown, options: unknown, handler?: unknown): Untyped
  wait(id: unknown, options?: unknown): Untyped
  webhook(id: unknown, options: unknown): Untyped
  sleep(id: unknown, options: unknown): Untyped
  subflow(id: unknown, options: unknown): Untyped
  loop(id: unknown, options: unknown): Untyped
  fallback(id: unknown, options: unknown, handler: unknown): Untyped
  compensate(id: unknown, handler: unknown): Untyped
  edge(from: unknown, to: unknown, options?: unknown): Untyped
  build(options?: unknown): unknown
}
const begin = (id = 'w'): Untyped => defineWorkflow(id) as Untyped

function errorOf(act: () => unknown): HeddleError {
  try {
    act()
  } catch (error) {
    if (error instanceof HeddleError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

function problemsOf(builder: Untyped, options?: unknown): unknown {
  const error = errorOf(() => builder.build(options))
  expect(error.code).toBe('INVALID_BLUEPRINT')
  return error.details['problems']
}

describe('build refuses', () => {
  it('a workflow without nodes, and an invalid workflow id', () => {
    expect(problemsOf(begin())).toEqual(['it has no nodes: add one with .node(id, handler)'])
    expect(problemsOf(begin('a b').node('a', fn))).toEqual([
      'of the workflow, the id "a b" is not allowed; an id matches [A-Za-z0-9_.-]{1,128} and is not "__proto__"',
    ])
  })

  it.each(['', 'a b', 'a/b', '__proto__', 'x'.repeat(129), 'ä', 7, undefined, null])('the node id %o', (id) => {
    expect(problemsOf(begin().node(id, fn))).toEqual([expect.stringContaining('is not allowed')])
  })

  it('ids that are defined twice, of whatever kind', () => {
    expect(problemsOf(begin().node('a', fn).wait('a'))).toEqual(['node "a" is defined twice'])
    expect(problemsOf(begin().node('a', fn).fallback('a', { of: 'a' }, fn))).toContain('node "a" is defined twice')
  })

  it('a handler under the name of a built-in kind, and takes it for a node without one', () => {
    expect(problemsOf(begin().node('map', fn))).toEqual([
      '"map" is the name of a built-in kind of node; choose another id',
    ])
    expect(begin().wait('wait').build()).toBeDefined()
  })

  it('names of functions that collide', () => {
    expect(problemsOf(begin().node('a', { when: fn }, fn).node('a.when', fn))).toEqual([
      'nodes "a" and "a.when" both have a function named "a.when"; rename one',
    ])
  })

  it('unknown nodes, all of them at once', () => {
    const builder = begin()
      .node('a', { after: ['ghost', 'ghost'], cancels: 'spirit' }, fn)
      .fallback('f', { of: 'phantom' }, fn)
      .edge('a', 'spectre')
    expect(problemsOf(builder, { output: 'shade', start: ['a', 'wraith'] })).toEqual([
      'node "a" comes after "ghost", which is not defined.',
      'node "a" comes after "ghost", which is not defined.',
      'node "a" names "ghost" twice in its after',
      'node "a" cancels "spirit", which is not defined.',
      '"f" is the fallback of "phantom", which is not defined.',
      'the edge "a" → "spectre" names "spectre", which is not defined.',
      'the output of the run is that of "shade", which is not defined.',
      'a run starts with "wraith", which is not defined.',
    ])
  })

  it('a misspelt node, with the one that is meant', () => {
    expect(problemsOf(begin().node('fetch', fn).node('parse', { after: 'fecth' }, fn))).toEqual([
      'node "parse" comes after "fecth", which is not defined. Did you mean "fetch"?',
    ])
  })

  it('fallbacks with edges, of fallbacks, and two for one node', () => {
    const builder = begin().node('a', fn).fallback('f', { of: 'a' }, fn)
    expect(problemsOf(builder.node('b', { after: 'f' }, fn))).toEqual([
      '"f" is a fallback and has no edges, but there is "f" → "b"',
    ])
    expect(problemsOf(builder.fallback('g', { of: 'f' }, fn))).toEqual(['"f" is a fallback and cannot have one'])
    expect(problemsOf(builder.fallback('g', { of: 'a' }, fn))).toEqual(['node "a" has two fallbacks, "f" and "g"'])
  })

  it('a node that cancels itself or a fallback', () => {
    const builder = begin()
      .node('a', { cancels: ['a', 'f'] }, fn)
      .node('b', fn)
      .fallback('f', { of: 'b' }, fn)
    expect(problemsOf(builder)).toEqual([
      'node "a" cancels itself',
      'node "a" cancels "f", which is a fallback; name the node in whose place it runs',
    ])
  })

  it('two ways to undo a node, and ways to undo unknown ones', () => {
    const builder = begin()
      .node('a', { compensate: fn }, fn)
      .node('b', fn)
      .compensate('a', fn)
      .compensate('b', fn)
      .compensate('bb', fn)
      .node('b.compensate', fn)
    expect(problemsOf(builder)).toEqual([
      'nodes "b" and "b.compensate" both have a function named "b.compensate"; rename one',
      'node "a" is undone in two ways: leave one out',
      '.compensate() names "bb", which is not defined. Did you mean "b"?',
    ])
  })

  it('two workflows of the same id, and the id of this one', () => {
    const child = () => begin('child').node('x', fn).build()
    expect(problemsOf(begin().subflow('s', { workflow: child() }).subflow('t', { workflow: child() }))).toEqual([
      'nodes "s" and "t" run different workflows with the same id "child"',
    ])
    expect(problemsOf(begin('child').subflow('s', { workflow: child() }))).toEqual([
      'node "s" runs a workflow with the id of this one, "child"',
    ])
  })

  it('edges that the handlers do not know of', () => {
    const abc = begin().node('a', fn).node('b', fn).node('c', { after: 'a' }, fn)
    expect(problemsOf(abc.edge('b', 'c'))).toEqual([
      'the edge "b" → "c" closes no loop, so the handler of "c" does not know of it; name "b" in its after',
    ])
    expect(problemsOf(abc.edge('b', 'a'))).toEqual([
      'the edge "b" → "a" is declared too late: other nodes come after "a" already; declare it before them',
    ])
    expect(problemsOf(begin().node('a', fn).node('b', fn).node('c', fn).edge('a', 'c').edge('b', 'c'))).toEqual([
      'several nodes lead to "c", "a" and "b": its input would be a record of them; name them in its after',
    ])
  })

  it('several ways back to one node, unless it has inputs', () => {
    const two = (options: object) =>
      begin()
        .node('h', options, fn)
        .node('a', { after: 'h' }, fn)
        .node('b', { after: 'h' }, fn)
        .node('out', { after: 'h' }, fn)
        .edge('a', 'h')
        .edge('b', 'h')
    expect(problemsOf(two({}))).toEqual([
      'several nodes lead back to "h", "a" and "b": its input would be a record of them; lead them through one node, or give "h" inputs',
    ])
    expect(two({ inputs: 'input' }).build()).toBeDefined()
  })

  it('a run without an end unless its output is named', () => {
    const ring = begin().node('a', fn).node('b', { after: 'a' }, fn).edge('b', 'a')
    expect(problemsOf(ring)).toEqual([
      'every node leads on to another one: say which one has the output of the run, .build({ output })',
    ])
    expect(ring.build({ output: 'b' })).toBeDefined()
  })

  it('and says all of it in one message', () => {
    expect(errorOf(() => begin().node('a', fn).node('a', fn).build()).message).toBe(
      'workflow "w" cannot be built: node "a" is defined twice',
    )
  })
})

describe('a step refuses', () => {
  const optionOf = (act: () => unknown): unknown => {
    const error = errorOf(act)
    expect(error.code).toBe('INVALID_OPTION')
    return error.message
  }

  it('durations that cannot be read', () => {
    expect(optionOf(() => begin().node('a', { timeout: 'soon' }, fn))).toMatch(/^timeout of node "a" is "soon"/u)
    expect(optionOf(() => begin().sleep('a', { for: -1 }))).toMatch(/^for of node "a"/u)
    expect(optionOf(() => begin().node('a', { retry: { maxAttempts: 2, backoff: {} } }, fn))).toMatch(
      /^retry.backoff of/u,
    )
    expect(optionOf(() => defineWorkflow('w', { deadline: 'x' as '1s' }))).toMatch(/^deadline of workflow "w"/u)
  })

  it('a retry with less than one attempt', () => {
    expect(optionOf(() => begin().node('a', { retry: { maxAttempts: 0 } }, fn))).toMatch(
      /^retry.maxAttempts of node "a" is 0/u,
    )
    expect(optionOf(() => begin().node('a', { retry: { maxAttempts: 1.5 } }, fn))).toMatch(/whole number/u)
  })

  it('what is not a function', () => {
    expect(optionOf(() => begin().node('a', {}))).toBe('the handler of node "a" has to be a function, not null')
    expect(optionOf(() => begin().node('a', { when: 'yes' }, fn))).toBe(
      'when of node "a" has to be a function, not string',
    )
    expect(optionOf(() => begin().map('a', {}, fn))).toBe('over of node "a" has to be a function, not null')
    expect(optionOf(() => begin().webhook('a', {}))).toBe('announce of node "a" has to be a function, not null')
  })

  it('an option that does not exist, with the one that is meant', () => {
    const other = begin('child').node('x', fn).build()
    expect(optionOf(() => begin().node('a', { joinn: 'any' }, fn))).toBe(
      'node "a" has no option "joinn". Did you mean "join"?',
    )
    const misspelt: readonly (() => unknown)[] = [
      () => begin().map('a', { over: fn, concurency: 2 }, fn),
      () => begin().loop('a', { body: other, untill: fn }),
      () => begin().wait('a', { timeoutActoin: 'late' }),
      () => begin().webhook('a', { announce: fn, shema: 1 }),
      () => begin().sleep('a', { fro: 5 }),
      () => begin().subflow('a', { workflow: other, ouput: fn }),
      () => begin().fallback('a', { of: 'b', retires: 1 }, fn),
      () => begin().node('a', fn).build({ outptu: 'a' }),
      () => defineWorkflow('w', { versoin: '2' } as object),
    ]
    for (const act of misspelt) expect(optionOf(act)).toMatch(/ has no option "\w+"\. Did you mean "\w+"\?$/u)
  })

  it('options that are none, and predecessors that are no ids', () => {
    expect(optionOf(() => begin().node('a', undefined))).toMatch(/^the handler of node "a" has to be a function/u)
    const given: readonly (() => unknown)[] = [
      () => begin().node('a', null, fn),
      () => begin().node('a', 5, fn),
      () => begin().fallback('f', undefined, fn),
      () => begin().map('a', undefined, fn),
      () => begin().loop('a', undefined),
      () => begin().wait('a', []),
      () => begin().webhook('a', undefined),
      () => begin().sleep('a', undefined),
      () => begin().subflow('a', undefined),
      () => begin().node('a', fn).edge('a', 'a', null),
      () => begin().node('a', fn).build(5),
      () => defineWorkflow('w', 5 as unknown as object),
    ]
    for (const act of given) expect(optionOf(act)).toMatch(/^the options of .* have to be an object, not /u)
    for (const wrong of [5, null, ['a', 5], {}]) {
      expect(optionOf(() => begin().node('a', { after: wrong }, fn))).toMatch(/^after of node "a" has to be the id/u)
      expect(optionOf(() => begin().node('a', { cancels: wrong }, fn))).toMatch(
        /^cancels of node "a" has to be the id/u,
      )
      expect(optionOf(() => begin().fallback('f', { of: wrong }, fn))).toMatch(/^of of node "f" has to be the id/u)
    }
  })

  it('what is no schema', () => {
    for (const schema of [{}, 5, null, { '~standard': {} }, { parse: fn }]) {
      const what = /has to be a schema of a library that implements Standard Schema/u
      expect(optionOf(() => defineWorkflow('w', { input: schema as never }))).toMatch(what)
      expect(optionOf(() => begin().wait('a', { schema }))).toMatch(what)
      expect(optionOf(() => begin().webhook('a', { announce: fn, schema }))).toMatch(what)
    }
    const callable = Object.assign(() => 1, ofType<number>())
    expect(defineWorkflow('w', { input: callable }).node('a', fn).build()).toBeDefined()
  })

  it('params of the engine', () => {
    expect(optionOf(() => begin().node('a', { params: { $when: 'x' } }, fn))).toMatch(
      /^params.\$when of node "a" is reserved/u,
    )
  })

  it('two or no criteria of a loop or a sleep, and a child that is no workflow', () => {
    const body = begin('child').node('x', fn).build()
    expect(optionOf(() => begin().loop('l', { body }))).toMatch(/exactly one of the two/u)
    expect(optionOf(() => begin().loop('l', { body, until: fn, while: fn }))).toMatch(/exactly one of the two/u)
    expect(optionOf(() => begin().loop('l', { body: {}, until: fn }))).toMatch(
      /^body of node "l" has to be a workflow/u,
    )
    expect(optionOf(() => begin().sleep('s', {}))).toMatch(/exactly one of the two/u)
    expect(optionOf(() => begin().subflow('s', {}))).toMatch(/^workflow of node "s" has to be a workflow/u)
  })

  it('a function on an edge', () => {
    expect(optionOf(() => begin().node('a', fn).edge('a', 'a', { when: fn }))).toMatch(
      /has no option "when"; it has action, condition/u,
    )
  })
})

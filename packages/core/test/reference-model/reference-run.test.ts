import { describe, expect, it } from 'vitest'
import type { JoinStrategy } from '../../src/model/blueprint.ts'
import type { EdgeMark } from '../../src/model/mark.ts'
import { runExample } from './example.ts'
import type { Example, ExampleRun } from './example.ts'
import { joinVerdict } from './join-verdict.ts'

const statuses = (run: ExampleRun): Record<string, string> => Object.fromEntries(run.visits)
const marks = (run: ExampleRun): Record<string, string> => Object.fromEntries(run.marks)

/** Marks as letters: taken, skipped, failed, and a dot for one that is not there yet. */
const letters: Readonly<Record<string, EdgeMark>> = { t: 'taken', s: 'skipped', f: 'failed' }
const verdictOf = (strategy: JoinStrategy, text: string): string =>
  joinVerdict(
    strategy,
    [...text].map((letter) => letters[letter]),
  )

describe('the join table', () => {
  const rows: [JoinStrategy, Record<string, string>][] = [
    ['all', { tt: 'fire', ts: 'fire', tf: 'skip', ss: 'skip', sf: 'skip', 't.': 'wait', 'f.': 'wait' }],
    ['any', { 't.': 'fire', tf: 'fire', st: 'fire', 'f.': 'wait', 's.': 'wait', ss: 'skip', sf: 'skip' }],
    [{ atLeast: 2 }, { 'tt.': 'fire', 't..': 'wait', tsf: 'skip', tfs: 'skip', tft: 'fire', sss: 'skip' }],
    ['every', { tt: 'fire', 't.': 'wait', 's.': 'wait', ts: 'skip', tf: 'skip', ss: 'skip' }],
    ['settled', { tt: 'fire', ss: 'fire', ff: 'fire', tf: 'fire', 't.': 'wait', 'f.': 'wait' }],
  ]
  it.each(rows)('decides %j by its marks', (strategy, verdicts) => {
    const decided = Object.keys(verdicts).map((text) => [text, verdictOf(strategy, text)])
    expect(Object.fromEntries(decided)).toEqual(verdicts)
  })
})

describe('a join in a run', () => {
  const fork: Example = { edges: ['s>a', 's>b', 'a>j:go', 'b>j:go', 'j>e'], results: { a: 'go', b: 'go' } }

  it('all: waits for the last mark, and runs if one is taken', () => {
    const run = runExample({ ...fork, results: { a: 'go', b: 'stay' } })
    expect(run.settled).toEqual(['s', 'a', 'b', 'j', 'e'])
    expect(run.deps.get('j')).toEqual(['a'])
  })

  it('all: is cut off by one failure, and cuts off what follows', () => {
    const run = runExample({ ...fork, fails: ['b'] })
    expect(statuses(run)).toEqual({ s: 'completed', a: 'completed', b: 'failed', j: 'skipped', e: 'skipped' })
    expect(Object.fromEntries(run.skipReasons)).toEqual({ j: 'cut-off', e: 'cut-off' })
    expect(run.marks.get('j>e#0@')).toBe('failed')
    expect(run.status).toBe('failed')
  })

  it('all: is skipped as not chosen when nothing is taken, and so is what follows', () => {
    const run = runExample({ ...fork, results: { a: 'stay', b: 'stay' } })
    expect(Object.fromEntries(run.skipReasons)).toEqual({ j: 'not-chosen', e: 'not-chosen' })
    expect(run.marks.get('j>e#0@')).toBe('skipped')
    expect(run.status).toBe('completed')
  })

  it('any: runs once, at the first taken edge, while the loser runs on', () => {
    const run = runExample({ ...fork, join: { j: 'any' }, order: ['s', 'b', 'j', 'e', 'a'] })
    expect(run.settled).toEqual(['s', 'b', 'j', 'e', 'a'])
    expect(run.deps.get('j')).toEqual(['b'])
    expect(run.marks.get('a>j#0@')).toBe('taken')
  })

  it('any: a failure beside it does not keep it from running', () => {
    const run = runExample({ ...fork, join: { j: 'any' }, fails: ['a'] })
    expect(statuses(run)).toMatchObject({ a: 'failed', j: 'completed', e: 'completed' })
    expect(run.status).toBe('failed')
  })

  it('atLeast: runs at the n-th taken edge', () => {
    const edges = ['s>a', 's>b', 's>c', 'a>j', 'b>j', 'c>j']
    const run = runExample({ edges, join: { j: { atLeast: 2 } }, order: ['s', 'a', 'c', 'j'] })
    expect(run.settled).toEqual(['s', 'a', 'c', 'j', 'b'])
  })

  it('atLeast: is cut off when too few are left and one of them failed', () => {
    const edges = ['s>a', 's>b', 's>c', 'a>j', 'b>j', 'c>j']
    const run = runExample({ edges, join: { j: { atLeast: 2 } }, fails: ['a', 'b'] })
    expect(run.skipReasons.get('j')).toBe('cut-off')
  })

  it('every: is skipped when one edge is', () => {
    const run = runExample({ ...fork, join: { j: 'every' }, results: { a: 'go', b: 'stay' } })
    expect(run.skipReasons.get('j')).toBe('not-chosen')
  })

  it('settled: runs after failures and skips, and ends what they cut off', () => {
    const run = runExample({ ...fork, join: { j: 'settled' }, results: { a: 'stay' }, fails: ['b'] })
    expect(statuses(run)).toMatchObject({ j: 'completed', e: 'completed' })
    expect(run.deps.get('j')).toEqual([])
    expect(run.status).toBe('failed')
  })
})

describe('routing', () => {
  it('takes an edge with neither action nor condition, and those whose action and condition hold', () => {
    const edges = ['s>a', 's>b:x', 's>c:y', 's>d?', 's>e?', 's>f:x?', 's>g:y?', 's>h:x?']
    const takes = ['s s>d#0', 's s>f#0', 's s>g#0']
    const run = runExample({ edges, results: { s: 'x' }, takes })
    const taken = [...run.visits].filter(([, status]) => status === 'completed').map(([key]) => key)
    expect(taken).toEqual(['s', 'a', 'b', 'd', 'f'])
    expect(run.warnings).toEqual([])
  })

  it('reports an action that is on no edge, and takes none of them', () => {
    const run = runExample({ edges: ['s>a:x', 's>b'], results: { s: 'z' } })
    expect(statuses(run)).toEqual({ s: 'completed', a: 'skipped', b: 'completed' })
    expect(run.warnings).toEqual([{ code: 'UNROUTED_ACTION', node: 's' }])
  })

  it('marks parallel edges one by one, before the join is decided', () => {
    const run = runExample({ edges: ['s>a:x', 's>a:y', 's>a'], results: { s: 'y' }, join: { a: { atLeast: 2 } } })
    expect(marks(run)).toEqual({ 's>a#0@': 'skipped', 's>a#1@': 'taken', 's>a#2@': 'taken' })
    expect(run.visits.get('a')).toBe('completed')
  })
})

describe('start nodes', () => {
  it('are those without incoming edges, fallback nodes apart', () => {
    const run = runExample({ edges: ['a>c', 'b>c'], fallback: { a: 'f' } })
    expect(run.settled).toEqual(['a', 'b', 'c'])
    expect(run.skipReasons.get('f')).toBe('not-needed')
  })

  it('count the beginning as one more taken edge when others lead to them', () => {
    const edges = ['a>b:x', 'c>b:x']
    const start = ['a', 'b', 'c']
    expect(runExample({ edges, start }).settled).toEqual(['a', 'c', 'b'])
    expect(runExample({ edges, start, join: { b: 'any' } }).settled).toEqual(['a', 'b', 'c'])
    expect(runExample({ edges, start, join: { b: { atLeast: 2 } } }).visits.get('b')).toBe('skipped')
    expect(runExample({ edges, start, join: { b: 'every' }, results: { a: 'x', c: 'x' } }).settled).toContain('b')
  })
})

describe('failure', () => {
  it('that nothing handles marks every edge failed, error edges included', () => {
    const run = runExample({ edges: ['s>a', 's>b!?'], fails: ['s'] })
    expect(marks(run)).toEqual({ 's>a#0@': 'failed', 's>b#0@': 'failed' })
    expect(run.handled.size).toBe(0)
    expect(run.status).toBe('failed')
  })

  it('is handled by an error edge that is taken; the other edges are skipped', () => {
    const run = runExample({ edges: ['s>a', 's>b!', 's>c!?'], fails: ['s'] })
    expect(marks(run)).toEqual({ 's>a#0@': 'skipped', 's>b#0@': 'taken', 's>c#0@': 'skipped' })
    expect(run.visits.get('s')).toBe('failed')
    expect([...run.handled]).toEqual(['s'])
    expect(run.status).toBe('completed')
  })

  it('does not come about on success: error edges are skipped', () => {
    expect(marks(runExample({ edges: ['s>a', 's>b!'] }))).toEqual({ 's>a#0@': 'taken', 's>b#0@': 'skipped' })
  })

  it('is handled by a fallback that completes; its result goes along the edges of the failed node', () => {
    const run = runExample({ edges: ['s>a:x', 's>b:y'], fallback: { s: 'f' }, fails: ['s'], results: { 'f^s': 'y' } })
    expect(statuses(run)).toEqual({ s: 'failed', 'f^s': 'completed', a: 'skipped', b: 'completed' })
    expect([...run.handled]).toEqual(['s'])
    expect(run.deps.get('b')).toEqual(['s'])
    expect(run.status).toBe('completed')
  })

  it('of the fallback too leaves the failure unhandled', () => {
    const run = runExample({ edges: ['s>a'], fallback: { s: 'f' }, fails: ['s', 'f^s'] })
    expect(statuses(run)).toEqual({ s: 'failed', 'f^s': 'failed', a: 'skipped' })
    expect(run.status).toBe('failed')
  })

  it('goes to an error edge before the fallback, and to the fallback if the error edge is not taken', () => {
    const example: Example = { edges: ['s>a', 's>b!?'], fallback: { s: 'f' }, fails: ['s'] }
    expect(runExample({ ...example, takes: ['s s>b#0'] }).visits.get('f')).toBe('skipped')
    const run = runExample(example)
    expect(statuses(run)).toEqual({ s: 'failed', 'f^s': 'completed', a: 'completed', b: 'skipped' })
  })

  it('of two nodes with one fallback gives it a visit for each', () => {
    const run = runExample({ edges: ['a>c', 'b>c'], fallback: { a: 'f', b: 'f' }, fails: ['a', 'b'] })
    expect(statuses(run)).toMatchObject({ 'f^a': 'completed', 'f^b': 'completed', c: 'completed' })
  })
})

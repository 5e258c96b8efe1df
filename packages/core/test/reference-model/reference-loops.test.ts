import { describe, expect, it } from 'vitest'
import { blueprintOf, runExample } from './example.ts'
import type { Example } from './example.ts'
import { readGraph } from './reference-graph.ts'

/** model → tools → model, and out with `done`. */
const agent: Example = {
  edges: ['s>m', 'm>t:call', 't>m?', 'm>x:done'],
  results: { 'm@0': 'call', 'm@1': 'call', 'm@2': 'done' },
  takes: ['t@0 t>m#0', 't@1 t>m#0'],
}

describe('finding loops', () => {
  const loopsOf = (example: Example): string[] =>
    readGraph(blueprintOf(example)).loops.map((loop) => `${loop.header}: ${[...loop.members].sort().join(' ')}`)

  it('gives the entry node as header, inner loops apart', () => {
    expect(loopsOf({ edges: ['s>h', 'h>i', 'i>j', 'j>i', 'j>h', 'j>x', 'h>h'] })).toEqual(['i: i j', 'h: h i j'])
  })

  it('leaves out what has no way back to the header: an edge to it is an exit', () => {
    const example: Example = { edges: ['s>h', 'h>h?', 'h>log'], takes: ['h@0 h>h#0'] }
    expect(loopsOf(example)).toEqual(['h: h'])
    expect(runExample(example).settled.filter((key) => key.startsWith('log'))).toEqual(['log'])
  })

  it('takes a start node inside a cycle as its entry', () => {
    expect(loopsOf({ edges: ['h>i', 'i>h'], start: ['h'] })).toEqual(['h: h i'])
  })

  it('refuses a loop with two entry nodes, also if one entry is the beginning of the run', () => {
    const problems = (example: Example): number => readGraph(blueprintOf(example)).problems.length
    expect(problems({ edges: ['s>a', 's>b', 'a>b', 'b>a'] })).toBe(1)
    expect(problems({ edges: ['s>a', 'a>b', 'b>a'], start: ['s', 'b'] })).toBe(1)
  })
})

describe('iterations', () => {
  it('are visits of their own, started by the edge back', () => {
    const run = runExample(agent)
    expect(run.settled).toEqual(['s', 'm@0', 't@0', 'm@1', 't@1', 'm@2', 'x'])
    expect(run.visits.get('t@2')).toBe('skipped')
    expect(run.marks.get('s>m#0@0')).toBe('taken')
    expect(run.marks.get('t>m#0@2')).toBe('taken')
    expect(run.marks.get('t>m#0@3')).toBe('skipped')
    expect(run.deps.get('m@1')).toEqual(['t@0'])
  })

  it('make no visit of a header that does not run again', () => {
    expect(runExample(agent).visits.has('m@3')).toBe(false)
  })

  it('begin with the edges into the loop, and go on with those back to its header', () => {
    const edges = ['s>h', 'r>h', 'h>h?', 'h>x']
    const run = runExample({ edges, join: { h: 'every' }, takes: ['h@0 h>h#0'] })
    expect(run.settled).toEqual(['s', 'r', 'h@0', 'h@1', 'x'])
  })

  it('need every edge back at a header of every, the n-th at one of atLeast', () => {
    const example: Example = { edges: ['s>h', 's>h', 'h>a', 'h>b', 'a>h?', 'b>h?'], takes: ['a@0 a>h#0'] }
    const both = ['a@0 a>h#0', 'b@0 b>h#0']
    expect(runExample({ ...example, join: { h: 'every' } }).visits.has('h@1')).toBe(false)
    expect(runExample({ ...example, join: { h: 'every' }, takes: both }).visits.has('h@1')).toBe(true)
    expect(runExample({ ...example, join: { h: { atLeast: 2 } } }).visits.has('h@1')).toBe(false)
    expect(runExample({ ...example, join: { h: { atLeast: 2 } }, takes: both }).visits.has('h@1')).toBe(true)
  })

  it('begin at a settled header whatever the marks, and later only as with all', () => {
    const edges = ['s>h:x', 'h>h?', 'h>e']
    const run = runExample({ edges, join: { h: 'settled' }, takes: ['h@0 h>h#0'] })
    expect(run.settled).toEqual(['s', 'h@0', 'h@1', 'e'])
    expect(run.visits.has('h@2')).toBe(false)
  })

  it('overlap when an edge back is taken while a sibling runs; their marks are kept apart', () => {
    const edges = ['s>h', 'h>a', 'h>b', 'a>h?', 'a>j', 'b>j', 'j>h?', 'j>x']
    const run = runExample({
      edges,
      join: { h: 'any' },
      takes: ['a@0 a>h#0'],
      order: ['s', 'h@0', 'a@0', 'h@1', 'a@1', 'b@1', 'j@1', 'x'],
    })
    expect(run.settled).toEqual(['s', 'h@0', 'a@0', 'h@1', 'a@1', 'b@1', 'j@1', 'x', 'b@0', 'j@0'])
    expect([...run.overlapped]).toEqual(['h'])
    expect(run.deps.get('j@0')).toEqual(['a@0', 'b@0'])
    expect(run.warnings).toEqual([{ code: 'EXIT_RETAKEN', node: 'j', edge: 'j>x#0' }])
  })

  it('start once at an any header, though two edges back are taken', () => {
    const edges = ['s>h', 'h>a', 'h>b', 'a>h?', 'b>h?']
    const run = runExample({ edges, join: { h: 'any' }, takes: ['a@0 a>h#0', 'b@0 b>h#0'] })
    expect([...run.visits.keys()]).toEqual(['s', 'h@0', 'a@0', 'b@0', 'h@1', 'a@1', 'b@1'])
  })

  it('count from 0 again in an inner loop for each iteration of the outer one', () => {
    const edges = ['s>h', 'h>i', 'i>i?', 'i>h?']
    const takes = ['i@0.0 i>i#0', 'i@0.1 i>h#0', 'i@1.0 i>i#0']
    const run = runExample({ edges, takes })
    expect([...run.visits.keys()]).toEqual(['s', 'h@0', 'i@0.0', 'i@0.1', 'h@1', 'i@1.0', 'i@1.1'])
    expect(run.marks.get('h>i#0@1.0')).toBe('taken')
    expect(run.marks.get('i>i#0@0.1')).toBe('taken')
    expect(run.marks.get('i>h#0@1')).toBe('taken')
    expect(run.marks.get('i>h#0@2')).toBe('skipped')
  })
})

describe('exits', () => {
  it('are taken when they are first taken; again is reported and changes nothing', () => {
    const edges = ['s>h', 'h>h?', 'h>x']
    const run = runExample({ edges, takes: ['h@0 h>h#0', 'h@1 h>h#0'] })
    expect(run.visits.get('x')).toBe('completed')
    expect(run.deps.get('x')).toEqual(['h@0'])
    expect(run.warnings).toHaveLength(2)
  })

  it('are skipped only when nothing in the loop is live, not when all edges back are', () => {
    // j runs at the first of a and b; while b is still live, so is the loop.
    const edges = ['s>h', 'h>a', 'h>b', 'a>j', 'b>j', 'j>h?', 'b>x?', 'j>y?']
    const join = { j: 'any', y: 'settled', x: 'settled' } as const
    const order = ['s', 'h@0', 'a@0', 'j@0', 'x', 'y', 'b@0']
    const run = runExample({ edges, join, order })
    expect(run.settled).toEqual(['s', 'h@0', 'a@0', 'j@0', 'b@0', 'x', 'y'])
  })

  it('wait for a fallback of a node inside the loop', () => {
    const edges = ['s>h', 'h>a', 'h>b', 'a>h?', 'b>h?', 'b>x?']
    const example: Example = { edges, fallback: { a: 'f' }, fails: ['a@0'], join: { x: 'settled' } }
    expect(runExample({ ...example, order: ['x', 'b@0'] }).settled).toEqual(['s', 'h@0', 'b@0', 'a@0', 'f@0^a', 'x'])
    const run = runExample({ ...example, takes: ['f@0^a a>h#0'] })
    expect(run.settled.slice(-4)).toEqual(['h@1', 'a@1', 'b@1', 'x'])
  })

  it('are failed if a visit of the loop failed, in whatever iteration', () => {
    const edges = ['s>h', 'h>a', 'h>b', 'a>h?', 'b>h?', 'h>x:out']
    const run = runExample({ edges, join: { h: 'any' }, fails: ['b@0'], takes: ['a@0 a>h#0'] })
    expect(run.marks.get('h>x#0@')).toBe('failed')
    expect(run.skipReasons.get('x')).toBe('cut-off')
  })

  it('are taken in spite of a failure in the loop', () => {
    const run = runExample({ edges: ['s>h', 'h>b', 'b>h?', 'h>x'], fails: ['b@0'] })
    expect(run.marks.get('h>x#0@')).toBe('taken')
  })

  it('are taken by a later iteration though their source failed in an earlier one', () => {
    const edges = ['s>h', 'h>a', 'h>b', 'a>h?', 'b>h?', 'b>x?']
    const run = runExample({ edges, join: { h: 'any' }, fails: ['b@0'], takes: ['a@0 a>h#0', 'b@1 b>x#0'] })
    expect(run.settled.at(-1)).toBe('x')
    expect(run.marks.get('b>x#0@')).toBe('taken')
  })

  it('are skipped if every failure in the loop was handled', () => {
    const edges = ['s>h', 'h>b', 'b>c!', 'c>h?', 'b>h?', 'h>x:out', 'b>y']
    const run = runExample({ edges, fails: ['b@0'] })
    expect(run.marks.get('h>x#0@')).toBe('skipped')
    expect(run.marks.get('b>y#0@')).toBe('skipped')
    expect(run.status).toBe('completed')
  })

  it('are skipped, or failed, with a loop that is never entered', () => {
    const edges = ['s>h:in', 'h>a', 'a>h?', 'a>x']
    const skipped = runExample({ edges })
    expect([...skipped.visits].slice(1)).toEqual(['h@0', 'a@0', 'x'].map((key) => [key, 'skipped']))
    expect(skipped.marks.get('a>x#0@')).toBe('skipped')
    const cut = runExample({ edges, fails: ['s'] })
    expect(cut.marks.get('a>x#0@')).toBe('failed')
    expect(cut.marks.get('a>h#0@1')).toBe('failed')
  })

  it('do not end a loop whose header still waits for an edge into it', () => {
    const edges = ['s>h', 'q>r', 'r>h', 'h>h?', 'h>x']
    expect(runExample({ edges }).visits.get('x')).toBe('completed')
  })
})

describe('nested loops', () => {
  it('of which the inner has ended mark its exits, while the outer goes on', () => {
    const edges = ['s>h', 'h>i', 'i>i?', 'i>a?', 'a>h?', 'h>b', 'b>h?', 'a>x?']
    const example: Example = { edges, join: { a: 'settled' }, order: ['s', 'h@0', 'i@0.0', 'a@0', 'b@0'] }
    const run = runExample({ ...example, takes: ['a@0 a>h#0'] })
    expect(run.settled).toEqual(['s', 'h@0', 'i@0.0', 'a@0', 'b@0', 'h@1', 'i@1.0', 'b@1', 'a@1'])
    expect(run.marks.get('i>a#0@0')).toBe('skipped')
    expect(run.marks.get('a>x#0@')).toBe('skipped')
  })

  it('end from the inside: an exit of the inner one that nobody took can keep the outer one alive', () => {
    const edges = ['s>h', 'h>i', 'i>i?', 'i>a?', 'a>h?', 'a>x']
    const run = runExample({ edges, join: { a: 'settled' } })
    expect(run.settled).toEqual(['s', 'h@0', 'i@0.0', 'a@0', 'x'])
  })

  it('left both by one edge have it marked by the end of the outer one', () => {
    const edges = ['s>h', 'h>i', 'i>i?', 'i>h?', 'i>x?']
    const takes = ['i@0.0 i>h#0', 'i@1.0 i>x#0']
    const run = runExample({ edges, takes })
    expect(run.marks.get('i>x#0@')).toBe('taken')
    expect(runExample({ edges, takes: takes.slice(0, 1), join: { x: 'settled' } }).settled.at(-1)).toBe('x')
  })

  it('have an edge back of the outer one that leaves the inner marked by the end of the inner', () => {
    const edges = ['s>h', 'h>i', 'i>j', 'j>i?', 'i>h?', 'h>b', 'b>h?']
    const run = runExample({ edges, takes: ['b@0 b>h#0'], order: ['s', 'h@0', 'b@0'] })
    // The header waits, with all, for the edge that leaves the inner loop.
    expect(run.settled).toEqual(['s', 'h@0', 'b@0', 'i@0.0', 'j@0.0', 'h@1', 'i@1.0', 'b@1', 'j@1.0'])
    expect(run.marks.get('i>h#0@1')).toBe('skipped')
  })

  it('of which the inner failed fail that edge back, and then the exits of the outer one', () => {
    const edges = ['s>h', 'h>i', 'i>j', 'j>i?', 'i>h?', 'h>x:out']
    const run = runExample({ edges, fails: ['j@0.0'] })
    expect(run.marks.get('i>h#0@1')).toBe('failed')
    expect(run.marks.get('h>x#0@')).toBe('failed')
    expect(run.visits.has('h@1')).toBe(false)
  })

  it('have each activation of the inner one judged by its own visits', () => {
    const edges = ['s>h', 'h>h?', 'h>i', 'i>i?', 'i>a?', 'a>h?']
    const run = runExample({ edges, join: { h: 'any' }, fails: ['i@0.0'], takes: ['h@0 h>h#0'] })
    expect(run.marks.get('i>a#0@0')).toBe('failed')
    expect(run.marks.get('i>a#0@1')).toBe('skipped')
  })

  it('in a row: an exit of one can be the entry of the next', () => {
    const run = runExample({ edges: ['s>h', 'h>h?', 'h>k?', 'k>k?', 'k>x'], takes: ['h@0 h>h#0', 'h@1 h>k#0'] })
    expect(run.settled).toEqual(['s', 'h@0', 'h@1', 'k@0', 'x'])
    expect(run.marks.get('h>k#0@0')).toBe('taken')
  })
})

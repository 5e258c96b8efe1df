import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { BlueprintProblem } from './blueprint-problem.ts'
import { parseBlueprint } from './blueprint-shape.ts'

/** The problems that a refused value has. */
function problemsOf(value: unknown): readonly BlueprintProblem[] {
  try {
    parseBlueprint(value)
  } catch (error) {
    expect((error as HeddleError).code).toBe('INVALID_BLUEPRINT')
    return (error as HeddleError).details['problems'] as readonly BlueprintProblem[]
  }
  throw new Error('nothing was thrown')
}

const valid = { id: 'x', nodes: [{ id: 'a', uses: 'f' }], edges: [] }

it('takes a value or its JSON text', () => {
  expect(parseBlueprint(valid)).toEqual({ blueprint: valid, warnings: [] })
  expect(parseBlueprint(JSON.stringify(valid)).blueprint).toEqual(valid)
})

it.each(['', '{', 'id: x', '{"id": "x",}'])('refuses text that is not JSON: %j', (text) => {
  expect(problemsOf(text)).toMatchObject([{ code: 'NOT_JSON', severity: 'error' }])
})

it.each<[unknown, string]>([
  [null, ''],
  [[], ''],
  [7, ''],
  [{ nodes: [], edges: [] }, 'id'],
  [{ ...valid, nodes: {} }, 'nodes'],
  [{ ...valid, nodes: [valid.nodes[0], null] }, 'nodes[1]'],
  [{ ...valid, nodes: [{ id: 'a' }] }, 'nodes[0].uses'],
  [{ ...valid, nodes: [{ id: 7, uses: 'f' }] }, 'nodes[0].id'],
  [{ ...valid, nodes: [{ id: 'a', uses: 'f', inputs: [1] }] }, 'nodes[0].inputs'],
  [{ ...valid, nodes: [{ id: 'a', uses: 'f', inputs: { x: 1 } }] }, 'nodes[0].inputs.x'],
  [{ ...valid, nodes: [{ id: 'a', uses: 'f', config: { joinStrategy: 'some' } }] }, 'nodes[0].config.joinStrategy'],
  [
    { ...valid, nodes: [{ id: 'a', uses: 'f', config: { joinStrategy: { atLeast: '2' } } }] },
    'nodes[0].config.joinStrategy.atLeast',
  ],
  [{ ...valid, nodes: [{ id: 'a', uses: 'f', config: { retry: 3 } }] }, 'nodes[0].config.retry'],
  [
    { ...valid, nodes: [{ id: 'a', uses: 'f', config: { retry: { maxAttempts: '3' } } }] },
    'nodes[0].config.retry.maxAttempts',
  ],
  [{ ...valid, edges: [{ source: 'a' }] }, 'edges[0].target'],
  [{ ...valid, edges: [{ source: 'a', target: 'b', on: 'failure' }] }, 'edges[0].on'],
  [{ ...valid, start: 'a' }, 'start'],
  [{ ...valid, policy: { onFailure: 'retry' } }, 'policy.onFailure'],
])('refuses %j and names where it is wrong', (value, path) => {
  const problems = problemsOf(value)
  expect(problems[0]).toMatchObject({ code: 'INVALID_SHAPE', severity: 'error', path })
})

it('refuses what JSON cannot hold, with the path to it', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const params = {
    f: () => 1,
    when: new Date(),
    list: [Number.NaN],
    big: 1n,
    map: new Map(),
    circle,
    absent: undefined,
  }
  const paths = problemsOf({ ...valid, nodes: [{ id: 'a', uses: 'f', params }] }).map(
    ({ code, path }) => `${code} ${path}`,
  )
  expect(paths).toEqual(
    ['f', 'when', 'list[0]', 'big', 'map', 'circle.self'].map((path) => `NOT_JSON nodes[0].params.${path}`),
  )
})

it('warns about unknown fields, and says what was probably meant', () => {
  const { warnings } = parseBlueprint({
    ...valid,
    nodes: [{ id: 'a', uses: 'f', conifg: {}, config: { timeout: 5 } }],
    'a b': 1,
  })
  expect(warnings.map(({ path }) => path)).toEqual(['nodes[0].conifg', 'nodes[0].config.timeout', 'a b'])
  expect(warnings.every(({ code, severity }) => code === 'UNKNOWN_FIELD' && severity === 'warning')).toBe(true)
  expect(warnings[0]?.message).toContain('Did you mean "config"?')
  expect(warnings[1]?.message).toContain('Did you mean "timeoutMs"?')
})

it('lists all that is wrong', () => {
  expect(problemsOf({ nodes: [{ id: 1 }], edges: [2] })).toHaveLength(4)
})

it('answers or throws its own error, whatever it is given', () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withMap: true, withBigInt: true }), (value) => {
      expect(problemsOf(value).length).toBeGreaterThan(0)
    }),
  )
})

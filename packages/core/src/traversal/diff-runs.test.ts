import { describe, expect, it } from 'vitest'
import { route } from '../model/node-result.ts'
import type { RunEvent } from '../model/run-event.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { diffRuns } from './diff-runs.ts'

const blueprint = {
  id: 'w',
  nodes: [
    { id: 'a', uses: 'a' },
    { id: 'b', uses: 'b' },
    { id: 'c', uses: 'c' },
  ],
  edges: [
    { source: 'a', target: 'b', action: 'left' },
    { source: 'a', target: 'c', action: 'right' },
  ],
}

async function journalOf(action: string, output: unknown): Promise<readonly RunEvent[]> {
  const runtime = new FlowRuntime({
    registry: { a: () => route(action, output), b: () => 'b', c: () => 'c' },
  })
  const run = await runtime.start(blueprint, undefined, { journal: true })
  await run.result()
  return run.journal()
}

describe('two runs', () => {
  it('do not differ if they did the same', async () => {
    const diff = diffRuns(await journalOf('left', { at: [1] }), await journalOf('left', { at: [1] }))
    expect(diff.status).toBeUndefined()
    expect([diff.visits.size, diff.edges.size, diff.outputs.size]).toEqual([0, 0, 0])
  })

  it('differ in the visits, edges and outputs of the branch that was chosen', async () => {
    const diff = diffRuns(await journalOf('left', 1), await journalOf('right', 1))
    expect(Object.fromEntries(diff.visits)).toEqual({
      b: { a: 'completed', b: 'skipped' },
      c: { a: 'skipped', b: 'completed' },
    })
    expect(Object.fromEntries(diff.edges)).toEqual({
      'a>b#0@': { a: 'taken', b: 'skipped' },
      'a>c#0@': { a: 'skipped', b: 'taken' },
    })
    expect(Object.fromEntries(diff.outputs)).toEqual({ b: { a: 'b', b: undefined }, c: { a: undefined, b: 'c' } })
  })

  it('differ in an output, and in how long it took', async () => {
    const [one, other] = [await journalOf('left', 10n), await journalOf('left', 11n)]
    const later = other.map((event) => (event.type === 'node.completed' ? { ...event, at: event.at + 5000 } : event))
    const diff = diffRuns(one, later)
    expect(diff.outputs.get('a')).toEqual({ a: 10n, b: 11n })
    const durations = diff.durationsMs.get('b')
    expect(durations?.b).toBeGreaterThanOrEqual(5000)
    expect(durations?.a).toBeLessThan(durations?.b ?? 0)
  })

  it('differ in how they ended', async () => {
    const journal = await journalOf('left', 1)
    expect(diffRuns(journal, journal.slice(0, -1)).status).toEqual({ a: 'completed', b: 'stalled' })
  })
})

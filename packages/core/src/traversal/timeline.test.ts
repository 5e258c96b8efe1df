import { describe, expect, it } from 'vitest'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { route } from '../model/node-result.ts'
import { foldJournal } from './fold-journal.ts'
import { Timeline } from './timeline.ts'

/** A loop of this many iterations, each of which writes to a shared value. */
function loopOf(iterations: number): WorkflowBlueprint {
  return {
    id: 'long',
    nodes: [
      { id: 'count', uses: 'count', config: { maxIterations: iterations + 1 } },
      { id: 'end', uses: 'end' },
    ],
    edges: [
      { source: 'count', target: 'count', action: 'again' },
      { source: 'count', target: 'end', action: 'done' },
    ],
    start: ['count'],
    policy: { context: { sum: { reducer: 'sum', initial: 0 } } },
  }
}

describe('a timeline', () => {
  it('tells of every place what folding the events before it tells, in any order of looks', async () => {
    const runtime = new FlowRuntime({
      registry: {
        count: (context: { iteration: number[]; context: { set: (key: string, value: number) => void } }) => {
          context.context.set('sum', 1)
          return route((context.iteration[0] ?? 0) < 1999 ? 'again' : 'done', context.iteration[0])
        },
        end: () => 'over',
      },
    })
    const blueprint = loopOf(2000)
    const run = await runtime.start(blueprint, undefined, { journal: true })
    await run.result()
    const journal = await run.journal()
    const timeline = new Timeline(blueprint, journal)
    expect(timeline.length).toBeGreaterThan(8192)
    for (const seq of [timeline.length, 1, 4095, 4096, 4097, 8191, 8192, 8193, 0, 5000]) {
      const [looked, folded] = [timeline.at(seq), foldJournal(blueprint, journal, seq)]
      expect(looked.visits, `at ${seq}`).toEqual(folded.visits)
      expect(looked.marks, `at ${seq}`).toEqual(folded.marks)
      expect(looked.status, `at ${seq}`).toBe(folded.status)
      expect(looked.shared.get('sum'), `at ${seq}`).toBe(folded.shared.get('sum'))
      expect(looked.seq).toBe(seq)
    }
  })

  it.each([-1, 1.5, 3, Number.NaN])('refuses a place that the run does not have: %s', (seq) => {
    const timeline = new Timeline({ id: 'w', nodes: [], edges: [] }, [])
    expect(() => timeline.at(seq)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

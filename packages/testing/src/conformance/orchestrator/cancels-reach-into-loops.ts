import { route, type NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** From outside, a node cancels the live iterations of a loop: nothing in it is live, so it ends. */
export const cancelsReachIntoLoops: OrchestratorBehaviour = {
  name: 'from outside, a node cancels the live iterations of a loop: nothing in it is live any more, so it ends',
  run: async ({ run, expect, ms }) => {
    const blueprint = flow(
      {
        cut: { uses: 'sleep', params: { durationMs: ms(250) }, config: { cancels: ['head', 'nap', 'work'] } },
        head: {},
        nap: {},
        work: {},
        after: {},
      },
      [...chain('head', 'nap', 'work'), ['work', 'head', { action: 'again' }], ['work', 'after', { action: 'enough' }]],
      { start: ['cut', 'head'] },
    )
    const registry = {
      nap: ({ sleep, iteration }: NodeContext) => sleep('nap', iteration[0] === 2 ? '1h' : 1),
      work: () => route('again'),
    }
    const ended = await run(blueprint, { registry })
    expect(ended.result).toMatchObject({ status: 'completed', skipped: ['after'], cancelled: ['nap', 'work'] })
    const visits = ['head@0', 'nap@0', 'work@0', 'head@1', 'nap@1', 'work@1', 'head@2', 'nap@2']
    expect([...new Set(ended.calls)]).toEqual(visits)
  },
}

import { route } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** From outside, a node cancels the live iterations of a loop: nothing in it is live, so it ends. */
export const cancelsReachIntoLoops: OrchestratorBehaviour = {
  name: 'from outside, a node cancels the live iterations of a loop: nothing in it is live any more, so it ends',
  run: async ({ run, expect, ms }) => {
    const blueprint = flow(
      {
        cut: { uses: 'sleep', params: { durationMs: ms(29) }, config: { cancels: ['head', 'nap', 'work'] } },
        head: {},
        nap: { uses: 'sleep', params: { durationMs: ms(10) } },
        work: {},
        after: {},
      },
      [...chain('head', 'nap', 'work'), ['work', 'head', { action: 'again' }], ['work', 'after', { action: 'enough' }]],
      { start: ['cut', 'head'] },
    )
    const ended = await run(blueprint, { registry: { work: () => route('again') } })
    expect(ended.result).toMatchObject({ status: 'completed', skipped: ['after'], cancelled: ['nap', 'work'] })
    expect(ended.calls).toEqual(['head@0', 'work@0', 'head@1', 'work@1', 'head@2'])
  },
}

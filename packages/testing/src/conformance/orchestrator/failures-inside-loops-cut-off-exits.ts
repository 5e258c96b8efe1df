import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A failure inside a loop marks the exits that were not taken as failed when the loop ends. */
export const failuresInsideLoopsCutOffExits: OrchestratorBehaviour = {
  name: 'a failure inside a loop marks the exits that were not taken as failed when the loop ends',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      { head: {}, body: {}, cut: {}, settled: { config: { joinStrategy: 'settled' } } },
      [
        ...chain('head', 'body'),
        ['body', 'head', { condition: 'true' }],
        ...chain('body', 'cut'),
        ...chain('body', 'settled'),
      ],
      { start: ['head'] },
    )
    const registry = {
      body: () => {
        throw new Error('broken')
      },
    }
    const ended = await run(blueprint, { registry, onFailure: 'continue' })
    expect(ended.statuses()).toEqual({ head: 'completed', body: 'failed', cut: 'skipped', settled: 'completed' })
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An answer that names an action takes the edges of that action, with its payload, and no others. */
export const answersChooseTheBranch: OrchestratorBehaviour = {
  name: 'an answer that names an action takes the edges of that action, with its payload, and no others',
  run: async ({ prepare, expect }) => {
    const blueprint = flow({ ask: { uses: 'wait' }, publish: {}, revise: {} }, [
      ['ask', 'publish', { action: 'approve' }],
      ['ask', 'revise', { action: 'reject' }],
    ])
    const registry = { revise: ({ input }: NodeContext) => input }
    const run = prepare(blueprint, { registry })
    await run.drive()
    await run.prepared.handle.resume('ask', 'too long', 'reject')
    expect(await run.drive()).toMatchObject({ status: 'completed', skipped: ['publish'] })
    expect([run.calls, run.result.outputs['revise'], run.warnings()]).toEqual([['revise'], 'too long', []])
  },
}

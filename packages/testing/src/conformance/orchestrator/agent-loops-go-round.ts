import { route, type NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A loop over several nodes makes new visits with fresh marks in each iteration. */
export const agentLoopsGoRound: OrchestratorBehaviour = {
  name: 'a loop over several nodes makes new visits with fresh marks in each iteration',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      plain('model', 'tools', 'log', 'join', 'answer'),
      [
        ['model', 'tools', { action: 'call' }],
        ['model', 'log', { action: 'call' }],
        ...chain('tools', 'join'),
        ...chain('log', 'join'),
        ...chain('join', 'model'),
        ['model', 'answer', { action: 'done' }],
      ],
      { start: ['model'] },
    )
    const registry = {
      model: ({ iteration }: NodeContext) => route(iteration[0] === 2 ? 'done' : 'call', iteration[0]),
    }
    const { result, calls } = await run(blueprint, { registry })
    expect(result).toMatchObject({ status: 'completed', output: 'answer', outputs: { model: 2 } })
    expect(calls.filter((key) => key.startsWith('join'))).toEqual(['join@0', 'join@1'])
    expect(calls.filter((key) => key.startsWith('tools'))).toEqual(['tools@0', 'tools@1'])
  },
}

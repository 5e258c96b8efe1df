import { route, type NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Inside a loop, a node cancels visits of its own iteration only. */
export const cancelsStayInTheirIteration: OrchestratorBehaviour = {
  name: 'inside a loop, a node cancels visits of its own iteration only',
  run: async ({ run, expect, ms }) => {
    const registry = {
      check: ({ iteration }: NodeContext) => route(iteration[0] === 1 ? 'stop' : 'again'),
      stop: () => 'stopped',
    }
    const blueprint = flow(
      {
        head: {},
        check: {},
        stop: { config: { cancels: ['work'] } },
        work: { uses: 'sleep', params: { durationMs: ms(50) } },
      },
      [
        ['head', 'check'],
        ['head', 'work'],
        ['check', 'head', { action: 'again' }],
        ['check', 'stop', { action: 'stop' }],
        ['stop', 'head', { action: 'never' }],
        ['work', 'head', { action: 'never' }],
      ],
      { start: ['head'] },
    )
    const ended = await run(blueprint, { registry })
    expect(ended.result.status).toBe('completed')
    const worked = ended.events.filter((event) => 'nodeId' in event && event.nodeId === 'work')
    expect(worked.filter(({ type }) => type === 'node.completed')).toMatchObject([{ iteration: [0] }])
    expect(worked.filter(({ type }) => type === 'node.cancelled')).toMatchObject([{ iteration: [1] }])
  },
}

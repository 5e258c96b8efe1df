import { route, type NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The header of a loop gets the outputs of its entry edges first, and those of the back edges later. */
export const headersTakeEntryThenBackEdges: OrchestratorBehaviour = {
  name: 'the header of a loop gets the outputs of its entry edges first, and those of the back edges later',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'b', 'head', 'body', 'end'), [
      ...chain('a', 'head'),
      ...chain('b', 'head'),
      ['head', 'body', { action: 'again' }],
      ...chain('body', 'head'),
      ['head', 'end', { action: 'done' }],
    ])
    const inputs: unknown[] = []
    const registry = {
      head: ({ input, iteration }: NodeContext) => {
        inputs.push(typeof input === 'object' ? { ...input } : input)
        return route(iteration[0] === 2 ? 'done' : 'again')
      },
    }
    await run(blueprint, { registry })
    expect(inputs).toEqual([{ a: 'a', b: 'b' }, 'body', 'body'])
  },
}

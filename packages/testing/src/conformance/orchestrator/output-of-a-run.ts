import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The output of a run is that of its only terminal node, else a record, else what the policy names. */
export const outputOfARun: OrchestratorBehaviour = {
  name: 'the output of a run is that of its only terminal node, else a record, else what the policy names',
  run: async ({ run, expect }) => {
    const nodes = plain('a', 'b', 'c')
    expect((await run(flow(nodes, chain('a', 'b', 'c')))).result.output).toBe('c')
    expect({
      ...((
        await run(
          flow(nodes, [
            ['a', 'b'],
            ['a', 'c'],
          ]),
        )
      ).result.output as object),
    }).toEqual({ b: 'b', c: 'c' })
    expect((await run(flow(nodes, chain('a', 'b', 'c'), { policy: { output: 'b' } }))).result.output).toBe('b')
  },
}

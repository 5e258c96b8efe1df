import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A handler sees its run, node, iteration, attempt, params and dependencies. */
export const handlersSeeTheirContext: OrchestratorBehaviour = {
  name: 'a handler sees its run, node, iteration, attempt, params and dependencies',
  run: async ({ run, expect }) => {
    const a = ({ runId, nodeId, iteration, attempt, params, dependencies, signal }: NodeContext): unknown => [
      runId,
      nodeId,
      iteration,
      attempt,
      params,
      dependencies,
      signal.aborted,
    ]
    const { result } = await run(flow({ a: { params: { n: 1 } } }), {
      runId: 'run-7',
      dependencies: 'db',
      registry: { a },
    })
    expect(result.output).toEqual(['run-7', 'a', [], 1, { n: 1 }, 'db', false])
  },
}

import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Child runs are nested as deep as the limit and no deeper: a workflow that runs itself ends there, whatever its retries. */
export const subflowsNestToALimit: OrchestratorBehaviour = {
  name: 'child runs are nested as deep as the limit and no deeper: a workflow that runs itself ends there, whatever its retries',
  run: async ({ run, expect }) => {
    const config = { retry: { maxAttempts: 3 } }
    const again = { uses: 'subflow', params: { blueprintId: 'endless' }, config }
    const endless = flow({ note: {}, again }, chain('note', 'again'), { id: 'endless' })
    const { result, calls } = await run(endless, { blueprints: { endless }, limits: { maxSubflowDepth: 2 } })
    expect(calls).toEqual(['note', 'note', 'note'])
    expect(result).toMatchObject({ status: 'failed', outputs: { note: 'note' } })
    expect(result.errors).toMatchObject([
      {
        code: 'SUBFLOW_FAILED',
        retryable: false,
        cause: {
          code: 'SUBFLOW_FAILED',
          cause: {
            code: 'LIMIT_EXCEEDED',
            retryable: false,
            details: { nodeId: 'again', blueprintId: 'endless', depth: 3, limit: 2 },
          },
        },
      },
    ])
    const inner = flow({ end: {} }, [], { id: 'inner' })
    const middle = flow({ in: { uses: 'subflow', params: { blueprintId: 'inner' } } }, [], { id: 'middle' })
    const outer = flow({ mid: { uses: 'subflow', params: { blueprintId: 'middle' } } })
    const deep = await run(outer, { blueprints: { inner, middle }, limits: { maxSubflowDepth: 2 } })
    expect(deep.result).toMatchObject({ status: 'completed', output: 'end' })
    const none = await run(outer, { blueprints: { inner, middle }, limits: { maxSubflowDepth: 0 } })
    expect(none.result.errors).toMatchObject([
      { code: 'LIMIT_EXCEEDED', details: { nodeId: 'mid', depth: 1, limit: 0 } },
    ])
  },
}

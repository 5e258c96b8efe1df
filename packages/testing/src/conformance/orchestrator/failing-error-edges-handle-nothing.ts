import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An error edge whose expression fails handles nothing, and the failure that it was asked about is not lost. */
export const failingErrorEdgesHandleNothing: OrchestratorBehaviour = {
  name: 'an error edge whose condition or transform fails handles nothing, and the failure it was asked about is not lost',
  run: async ({ run, expect }) => {
    const registry = {
      a: () => {
        throw new TypeError('broken')
      },
    }
    for (const guard of [{ transform: '{"t": result.absent}' }, { condition: 'result.absent == 1' }]) {
      const blueprint = flow(plain('a', 'rescue'), [['a', 'rescue', { on: 'error', ...guard }]])
      const ended = await run(blueprint, { registry })
      expect(ended.result.status).toBe('failed')
      expect(ended.statuses()).toEqual({ a: 'failed', rescue: 'skipped' })
      const [error] = ended.result.errors
      expect(error?.code).toBe('EXPRESSION_FAILED')
      expect(error?.message.includes('broken')).toBe(true)
    }
  },
}

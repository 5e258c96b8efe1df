import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A condition that fails or is not a boolean fails its source, without retry. */
export const failingConditionsFailTheirSource: OrchestratorBehaviour = {
  name: 'a condition that fails or is not a boolean fails its source, without retry',
  run: async ({ run, expect }) => {
    for (const condition of ['result.missing.field > 1', 'result.n']) {
      const blueprint = flow({ a: { config: { retry: { maxAttempts: 3 } } }, b: {} }, [['a', 'b', { condition }]])
      const ended = await run(blueprint, { registry: { a: () => ({ n: 1 }) } })
      expect(ended.calls, condition).toEqual(['a'])
      expect(
        ended.result.errors.map(({ code }) => code),
        condition,
      ).toEqual(['EXPRESSION_FAILED'])
      expect(ended.statuses(), condition).toEqual({ a: 'failed', b: 'skipped' })
    }
  },
}

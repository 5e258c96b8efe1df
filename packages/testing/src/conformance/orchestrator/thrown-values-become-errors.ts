import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A handler that throws something that is no Error fails with NODE_FAILED, the value as its cause. */
export const thrownValuesBecomeErrors: OrchestratorBehaviour = {
  name: 'a handler that throws something that is no Error fails with NODE_FAILED, the value as its cause',
  run: async ({ run, expect }) => {
    const registry = {
      a: () => {
        // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- that is the behaviour
        throw 'a text'
      },
    }
    const { result } = await run(flow(plain('a')), { registry })
    expect(result.status).toBe('failed')
    expect(result.errors[0]).toMatchObject({ code: 'NODE_FAILED', details: { nodeId: 'a' }, cause: 'a text' })
  },
}

import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An output that cannot be stored fails its node with the path to the value, and the rest of the state is intact. */
export const outputsMustBeSerialisable: OrchestratorBehaviour = {
  name: 'an output that cannot be stored fails its node with the path to the value, and the rest of the state is intact',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('good', 'bad'), chain('good', 'bad'))
    const { result } = await run(blueprint, {
      registry: { good: () => [1n, new Date(0)], bad: () => ({ list: [{ fn: () => 1 }] }) },
    })
    expect(result.status).toBe('failed')
    expect(result.errors[0]).toMatchObject({ code: 'NOT_SERIALISABLE' })
    expect(String(result.errors[0]?.details['path'])).toBe('$.list[0].fn')
    expect({ ...result.outputs }).toEqual({ good: [1n, new Date(0)] })
  },
}

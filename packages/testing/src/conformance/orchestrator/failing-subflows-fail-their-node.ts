import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A child run that fails fails its node, which can be handled like any failure. */
export const failingSubflowsFailTheirNode: OrchestratorBehaviour = {
  name: 'a child run that fails fails its node, which can be handled like any failure',
  run: async ({ run, expect }) => {
    const fail = (): never => {
      throw new Error('broken')
    }
    const blueprints = { child: flow(plain('x'), [], { id: 'child' }) }
    const nodes = { sub: { uses: 'subflow', params: { blueprintId: 'child' } }, rescue: {} }
    const failed = await run(flow(nodes, [['sub', 'rescue']]), { blueprints, registry: { x: fail } })
    expect(failed.result.errors.map(({ code }) => code)).toEqual(['SUBFLOW_FAILED'])
    const handled = await run(flow(nodes, [['sub', 'rescue', { on: 'error' }]]), { blueprints, registry: { x: fail } })
    expect(handled.result).toMatchObject({ status: 'completed', output: 'rescue' })
  },
}

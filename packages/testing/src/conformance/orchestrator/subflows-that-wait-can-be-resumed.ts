import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait of a child run shows in the parent, and is resumed through it. */
export const subflowsThatWaitCanBeResumed: OrchestratorBehaviour = {
  name: 'a wait of a child run shows in the parent, and is resumed through it',
  run: async ({ prepare, expect }) => {
    const child = flow({ ask: { uses: 'wait' }, y: {} }, chain('ask', 'y'), { id: 'child' })
    const blueprint = flow({ sub: { uses: 'subflow', params: { blueprintId: 'child' } }, side: {} })
    const run = prepare(blueprint, { blueprints: { child }, registry: { y: ({ input }: NodeContext) => input } })
    const waiting = await run.drive()
    expect(waiting.status).toBe('awaiting')
    expect(waiting.waits.map(({ name }) => name)).toEqual(['ask'])
    expect(run.calls).toEqual(['side'])
    await run.prepared.handle.resume('ask', { ok: true })
    const ended = await run.drive()
    expect(ended).toMatchObject({ status: 'completed', output: { sub: { ok: true }, side: 'side' } })
  },
}

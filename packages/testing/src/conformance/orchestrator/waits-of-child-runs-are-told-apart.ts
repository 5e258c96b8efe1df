import type { HeddleError, NodeContext, WaitId } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Waits of one name in several child runs have ids that say which visit leads to them, and each id reaches its own. */
export const waitsOfChildRunsAreToldApart: OrchestratorBehaviour = {
  name: 'waits of one name in several child runs have ids that say which visit leads to them, and each id reaches its own',
  run: async ({ prepare, expect }) => {
    const params = { name: 'k' }
    const child = flow({ ask: { uses: 'wait', params }, y: {} }, chain('ask', 'y'), { id: 'child' })
    const outer = flow({ in: { uses: 'subflow', params: { blueprintId: 'child' } } }, [], { id: 'outer' })
    const sub = { uses: 'subflow', params: { blueprintId: 'child' } }
    const deep = { uses: 'subflow', params: { blueprintId: 'outer' } }
    const run = prepare(flow({ own: { uses: 'wait', params }, one: sub, two: sub, deep }), {
      blueprints: { child, outer },
      registry: { y: ({ input }: NodeContext) => input },
    })
    const ids = ['k:deep/in/ask', 'k:one/ask', 'k:own', 'k:two/ask']
    const { waits } = await run.drive()
    expect(waits.map(({ waitId }) => waitId).sort()).toEqual(ids)
    expect(waits.map(({ waitId, name, nodeId }) => [waitId, name, nodeId])).toEqual(
      waits.map(({ waitId }) => [waitId, 'k', waitId === 'k:own' ? 'own' : 'ask']),
    )
    const { handle } = run.prepared
    const ambiguous = (await rejection(handle.resume('k', 'lost'))) as HeddleError
    expect(ambiguous.code).toBe('AMBIGUOUS_WAIT')
    expect([...(ambiguous.details['waitIds'] as string[])].sort()).toEqual(ids)
    expect(await rejection(handle.resume('k:ask', 'lost'))).toMatchObject({ code: 'WAIT_NOT_OPEN' })
    for (const waitId of ['k:two/ask', 'k:deep/in/ask', 'k:own'] satisfies WaitId[]) {
      await handle.resume(waitId, `to ${waitId}`)
    }
    expect((await run.drive()).waits.map(({ waitId }) => waitId)).toEqual(['k:one/ask'])
    await handle.resume('k', 'to the last')
    expect(await run.drive()).toMatchObject({
      status: 'completed',
      output: { own: 'to k:own', one: 'to the last', two: 'to k:two/ask', deep: 'to k:deep/in/ask' },
    })
  },
}

import { flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Of several open waits of one name, each is resumed by its id. */
export const waitsOfOneNameAreToldApart: OrchestratorBehaviour = {
  name: 'of several open waits of one name, each is resumed by its id',
  run: async ({ prepare, expect }) => {
    const params = { name: 'ok' }
    const run = prepare(flow({ a: { uses: 'wait', params }, b: { uses: 'wait', params } }))
    await run.drive()
    const error = await rejection(run.prepared.handle.resume('ok', 1))
    expect(error).toMatchObject({ code: 'AMBIGUOUS_WAIT' })
    for (const { waitId, nodeId } of run.result.waits) await run.prepared.handle.resume(waitId, nodeId.toUpperCase())
    expect(await run.drive()).toMatchObject({ status: 'completed', output: { a: 'A', b: 'B' } })
  },
}

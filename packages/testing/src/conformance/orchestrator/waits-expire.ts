import { flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait that is not answered in time fails with WAIT_TIMEOUT, or gives its timeout action. */
export const waitsExpire: OrchestratorBehaviour = {
  name: 'a wait that is not answered in time fails with WAIT_TIMEOUT, or gives its timeout action',
  run: async ({ prepare, expect, pass, ms }) => {
    const failing = prepare(flow({ ask: { uses: 'wait', params: { timeoutMs: ms(30) } } }))
    const acting = prepare(
      flow({ ask: { uses: 'wait', params: { timeoutMs: ms(30), timeoutAction: 'late' } }, late: {} }, [
        ['ask', 'late', { action: 'late' }],
      ]),
    )
    expect([(await failing.drive()).status, (await acting.drive()).status]).toEqual(['awaiting', 'awaiting'])
    await pass(60)
    expect(await rejection(acting.prepared.handle.resume('ask', 1))).toMatchObject({ code: 'WAIT_EXPIRED' })
    expect((await failing.drive()).errors.map(({ code }) => code)).toEqual(['WAIT_TIMEOUT'])
    expect(await acting.drive()).toMatchObject({ status: 'completed', output: 'late' })
  },
}

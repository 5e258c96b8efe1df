import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait with a timeout is not waited out: the run rests as awaiting, tells the deadline, and goes on when it has passed. */
export const runsRestAtWaitsWithATimeout: OrchestratorBehaviour = {
  name: 'a wait with a timeout is not waited out: the run rests as awaiting, tells the deadline, and goes on when it has passed',
  run: async ({ prepare, expect, pass, clock, ms }) => {
    const timeoutMs = ms(100)
    const ask = { uses: 'wait', params: { timeoutMs, timeoutAction: 'late' } }
    const run = prepare(flow({ ask, late: {} }, [['ask', 'late', { action: 'late' }]]))
    const startedAt = clock.now()
    const { status, waits } = await run.drive()
    expect(status).toBe('awaiting')
    const [{ waitId, deadline = 0 } = { waitId: '' }] = waits
    expect(waitId).toBe('ask:ask')
    expect(deadline >= startedAt + timeoutMs && deadline <= clock.now() + timeoutMs).toBe(true)
    expect((await run.drive()).status).toBe('awaiting')
    await pass(150)
    expect(await run.drive()).toMatchObject({ status: 'completed', output: 'late', waits: [] })
  },
}

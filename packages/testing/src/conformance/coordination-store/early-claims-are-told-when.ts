import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A dispatch with a delay cannot be claimed before its time. */
export const earlyClaimsAreToldWhen: CoordinationStoreBehaviour = {
  name: 'a dispatch with a delay cannot be claimed before its time',
  run: async ({ open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a', { delayMs: 200 })] })
    expect(run.jobs[0]?.delayMs).toBe(200)
    const early = await run.claim(run.jobs[0], 't')
    expect(early.status === 'early' && early.delayMs > 0 && early.delayMs <= 200).toBe(true)
    await pass(250)
    expect((await run.claim(run.jobs[0], 't')).status).toBe('claimed')
  },
}

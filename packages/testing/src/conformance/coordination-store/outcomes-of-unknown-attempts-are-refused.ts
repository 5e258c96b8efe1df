import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An outcome whose attempt has no claim in the records is refused: the store may have lost the claim, and what was read with it. */
export const outcomesOfUnknownAttemptsAreRefused: CoordinationStoreBehaviour = {
  name: 'an outcome whose attempt has no claim in the records is refused',
  run: async ({ open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a'), dispatchOf('b')] })
    const [a, b] = run.jobs
    expect(await run.settle(a, 'forgotten')).toBe('rejected')
    await run.claim(b, 't')
    expect(await run.settle(b, 'forgotten')).toBe('rejected')
    expect(await run.settle(b, 't')).toBe('accepted')
    expect((await run.claim(a, 't')).status).toBe('claimed')
  },
}

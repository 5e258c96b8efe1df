import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An outcome that comes again after it was handled is known. */
export const handledOutcomesStayKnown: CoordinationStoreBehaviour = {
  name: 'an outcome that comes again after it was handled is known',
  run: async ({ open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const [job] = run.jobs
    await run.claim(job, 't')
    await run.settle(job, 't')
    const turn = await run.takeTurn()
    await run.commit(turn, { handled: turn.inbox.map(({ id }) => id), dropped: ['a'] })
    expect([await run.settle(job, 't'), await run.inbox()]).toEqual(['duplicate', []])
  },
}

import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Of concurrent claims of one dispatch one wins. */
export const concurrentClaimsHaveOneWinner: CoordinationStoreBehaviour = {
  name: 'of concurrent claims of one dispatch one wins',
  run: async ({ open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const replies = await Promise.all(Array.from({ length: 10 }, (_, at) => run.claim(run.jobs[0], `token-${at}`)))
    expect(replies.map(({ status }) => status).sort()).toEqual([
      'claimed',
      ...Array.from({ length: 9 }, () => 'leased'),
    ])
  },
}

import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Of concurrent starts of one id one creates the run. */
export const concurrentStartsMakeOneRun: CoordinationStoreBehaviour = {
  name: 'of concurrent starts of one id one creates the run',
  run: async ({ store, request, expect, unique }) => {
    const wanted = request()
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => store.start({ ...wanted, incarnation: unique('incarnation') })),
    )
    expect(replies.filter(({ status }) => status === 'started').length).toBe(1)
    expect(new Set(replies.map((reply) => 'incarnation' in reply && reply.incarnation)).size).toBe(1)
  },
}

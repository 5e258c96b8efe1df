import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Of concurrent answers to one wait one is accepted. */
export const concurrentAnswersHaveOneWinner: CoordinationStoreBehaviour = {
  name: 'of concurrent answers to one wait one is accepted',
  run: async ({ open, expect }) => {
    const wait = { waitId: 'ok:ask', name: 'ok', nodeId: 'ask', iteration: [] }
    const run = await open({ waits: [{ wait, attempt: 1, touches: [] }] })
    const replies = await Promise.all(Array.from({ length: 8 }, () => run.answer('ok')))
    expect(replies.filter((status) => status === 'accepted').length).toBe(1)
  },
}

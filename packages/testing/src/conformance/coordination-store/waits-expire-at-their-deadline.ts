import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A wait expires when its time has come, and can then be answered no more. */
export const waitsExpireAtTheirDeadline: CoordinationStoreBehaviour = {
  name: 'a wait expires when its time has come, and can then be answered no more',
  run: async ({ store, open, expect, pass }) => {
    const wait = { waitId: 'ok:ask', name: 'ok', nodeId: 'ask', iteration: [] }
    const run = await open({ waits: [{ wait, attempt: 1, touches: [], timeoutMs: 100 }] })
    const [opened] = (await store.readRun(run.ref.runId))?.waits ?? []
    expect(typeof opened?.deadline).toBe('number')
    await pass(150)
    await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
    expect(await run.answer('ok')).toBe('expired')
    expect((await run.inbox())[0]).toMatchObject({ type: 'resumed', resumption: { type: 'timed-out' } })
  },
}

/** An answer after the deadline of its wait, or of the run, is too late, also if nobody has tended the run since. */
export const lateAnswersAreRefused: CoordinationStoreBehaviour = {
  name: 'an answer after the deadline of its wait, or of the run, is too late, also if nobody has tended the run since',
  run: async ({ open, expect, pass }) => {
    const wait = { waitId: 'ok:ask', name: 'ok', nodeId: 'ask', iteration: [] }
    const run = await open({ waits: [{ wait, attempt: 1, touches: [], timeoutMs: 100 }] })
    await pass(150)
    expect([await run.answer('ok'), await run.answer('ok:ask')]).toEqual(['expired', 'expired'])
    const [event, ...more] = await run.inbox()
    expect(event).toMatchObject({ type: 'resumed', resumption: { type: 'timed-out' } })
    expect(more).toEqual([])
    const overdue = await open({ waits: [{ wait, attempt: 1, touches: [] }] }, { deadlineMs: 100 })
    await pass(150)
    expect(await overdue.answer('ok')).toBe('not-open')
    expect((await overdue.inbox()).map(({ type }) => type)).toEqual(['deadline'])
  },
}

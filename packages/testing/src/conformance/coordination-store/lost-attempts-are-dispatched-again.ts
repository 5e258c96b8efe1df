import type { RunJob } from '@heddle/core'
import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An attempt whose lease has ended gets a new dispatch, until too many were lost. */
export const lostAttemptsAreDispatchedAgain: CoordinationStoreBehaviour = {
  name: 'an attempt whose lease has ended gets a new dispatch, until too many were lost',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    let job: RunJob | undefined = run.jobs[0]
    for (let lost = 1; lost <= 2; lost++) {
      await run.claim(job, `t${lost}`, { leaseMs: 50 })
      await pass(80)
      const tended = await store.tend(run.ref.runId, { maxLostAttempts: 2, resendAfterMs: 1000 })
      const again = tended?.jobs[0]
      expect([tended?.jobs.length, again?.visit?.nodeId, Number(again?.dispatch) > Number(job?.dispatch)]).toEqual([
        1,
        'a',
        true,
      ])
      expect((await run.claim(job, 'old')).status).toBe('stale')
      job = again
    }
    await run.claim(job, 't3', { leaseMs: 50 })
    await pass(80)
    expect(await store.tend(run.ref.runId, { maxLostAttempts: 2, resendAfterMs: 1000 })).toMatchObject({
      jobs: [],
      needsTurn: true,
    })
    const events = await run.inbox()
    expect([events.length, events[0]]).toMatchObject([1, { type: 'lost', visit: { nodeId: 'a' }, lost: 3 }])
  },
}

/** Of attempts that were lost one after the other those count that came since the last one that recorded a step. */
export const attemptsThatGotFurtherCountAnew: CoordinationStoreBehaviour = {
  name: 'of attempts that were lost one after the other those count that came since the last one that recorded a step',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    let job: RunJob | undefined = run.jobs[0]
    for (let lost = 1; lost <= 4; lost++) {
      const token = `t${lost}`
      await run.claim(job, token, { leaseMs: 50 })
      const attempt = { ...run.ref, visitKey: 'a', dispatch: job?.dispatch ?? 0, token }
      if (lost % 2 === 0) expect(await store.recordStep(attempt, `step ${lost}`, '1', undefined)).toBe('recorded')
      await pass(80)
      job = (await store.tend(run.ref.runId, { maxLostAttempts: 2, resendAfterMs: 1000 }))?.jobs[0]
      expect(job?.visit?.nodeId).toBe('a')
    }
    expect(await run.inbox()).toEqual([])
  },
}

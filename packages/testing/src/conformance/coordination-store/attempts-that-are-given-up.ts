import type { AttemptRef, RunJob, RunRef } from '@heddle/core'
import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

function attemptOf(ref: RunRef, job: RunJob | undefined, token: string): AttemptRef {
  return { ...ref, visitKey: job?.visit?.nodeId ?? '', dispatch: job?.dispatch ?? 0, token }
}

/** An attempt that is given up leaves its visit to another at once, and does not count as lost. */
export const attemptsGivenUpAreMadeByOthers: CoordinationStoreBehaviour = {
  name: 'an attempt that is given up leaves its visit to another at once, and does not count as lost',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a', { queue: 'slow', priority: 3 })] })
    let job: RunJob | undefined = run.jobs[0]
    for (let round = 1; round <= 3; round++) {
      expect((await run.claim(job, `t${round}`)).status).toBe('claimed')
      const reply = await store.release(attemptOf(run.ref, job, `t${round}`))
      const again: RunJob | undefined = reply.status === 'released' ? reply.job : undefined
      expect(again).toMatchObject({ visit: { nodeId: 'a' }, queue: 'slow', priority: 3, delayMs: 0 })
      expect([Number(again?.dispatch) > Number(job?.dispatch), again?.id === job?.id]).toEqual([true, false])
      expect(await store.renew(attemptOf(run.ref, job, `t${round}`), 1000)).toBe('abort')
      expect(await run.settle(job, `t${round}`)).toBe('rejected')
      job = again
    }
    await run.claim(job, 't', { leaseMs: 50 })
    await pass(80)
    const tended = await store.tend(run.ref.runId, { maxLostAttempts: 1, resendAfterMs: 1000 })
    expect(tended?.jobs.map(({ visit }) => visit?.nodeId)).toEqual(['a'])
    expect((await run.claim(tended?.jobs[0], 'last')).status).toBe('claimed')
    await run.settle(tended?.jobs[0], 'last')
    expect(await run.inbox()).toMatchObject([{ type: 'outcome', attempt: 1, hasTwins: true }])
  },
}

/** An attempt that is given up twice is dispatched again once; only the one who makes it can give it up. */
export const attemptsAreGivenUpOnce: CoordinationStoreBehaviour = {
  name: 'an attempt that is given up twice is dispatched again once; only the one who makes it can give it up',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: ['a', 'b'].map((id) => dispatchOf(id)) })
    const [job, other] = run.jobs
    expect((await store.release(attemptOf(run.ref, job, 't'))).status).toBe('stale')
    await run.claim(job, 't')
    expect((await store.release(attemptOf(run.ref, job, 'somebody'))).status).toBe('stale')
    const reply = await store.release(attemptOf(run.ref, job, 't'))
    expect(await store.release(attemptOf(run.ref, job, 't'))).toEqual(reply)
    expect((await store.readDispatches(run.ref)).length).toBe(2)
    const again = reply.status === 'released' ? reply.job : undefined
    await run.claim(again, 'u')
    expect((await store.release(attemptOf(run.ref, job, 't'))).status).toBe('stale')
    await run.claim(other, 't')
    await run.settle(other, 't')
    expect((await store.release(attemptOf(run.ref, other, 't'))).status).toBe('stale')
    expect((await store.release(attemptOf({ runId: 'nobody', incarnation: 'i' }, job, 't'))).status).toBe('stale')
  },
}

/** An attempt of a run that stops is not made again when it is given up: the run is told that it was lost. */
export const lastAttemptsGivenUpAreTold: CoordinationStoreBehaviour = {
  name: 'an attempt of a run that stops is not made again when it is given up: the run is told that it was lost',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const [job] = run.jobs
    await run.claim(job, 't')
    await store.deliver(run.ref, { event: eventOf('stop') }, undefined)
    const stopped = await run.commit(await run.takeTurn(), { handled: ['stop'], recall: ['a'] }, true)
    if (stopped.status === 'committed' && stopped.turn !== undefined) {
      await run.commit(stopped.turn, { handled: ['recalled'] })
    }
    const attempt = attemptOf(run.ref, job, 't')
    const reply = await store.release(attempt)
    const wake = reply.status === 'released' ? reply.job : undefined
    expect([reply.status, wake?.runId, wake?.visit]).toEqual(['released', run.ref.runId, undefined])
    expect(await store.release(attempt)).toEqual(reply)
    expect((await run.claim(job, 'other')).status).toBe('stale')
    expect(await run.inbox()).toMatchObject([{ type: 'lost', visit: { nodeId: 'a' }, lost: 1 }])
  },
}

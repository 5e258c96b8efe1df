import type { InboxEvent } from '@heddle/core'
import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** All child runs of a run can be read with their visits, in the order of their starts, those that have settled too. */
export const childrenThatHaveSettledAreTold: CoordinationStoreBehaviour = {
  name: 'all child runs of a run can be read with their visits, in the order of their starts, those that have settled too',
  run: async ({ store, open, expect }) => {
    const visit = { nodeId: 'sub', iteration: [1] }
    const other = { nodeId: 'other', iteration: [], insteadOf: 'sub' }
    const children = [
      { childRunId: 'z', visit },
      { childRunId: 'a', visit: other },
    ]
    const run = await open({ children })
    const settled: InboxEvent = {
      id: 'c1',
      touches: [],
      type: 'resumed',
      visit,
      attempt: 1,
      source: { type: 'child', childRunId: 'z', status: 'failed' },
      resumption: { type: 'child-failed' },
    }
    await store.deliver(run.ref, { event: settled }, undefined)
    const turn = await run.takeTurn()
    await run.commit(turn, { handled: ['c1'], children: [{ childRunId: 'm', visit }] })
    expect(await store.readChildren(run.ref)).toEqual([...children, { childRunId: 'm', visit }])
    expect((await store.readRun(run.ref.runId))?.children).toEqual(['a', 'm'])
    expect(await store.readChildren({ ...run.ref, incarnation: 'another' })).toEqual([])
  },
}

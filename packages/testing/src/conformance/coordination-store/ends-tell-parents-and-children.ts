import type { InboxEvent } from '@heddle/core'
import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A child run that ends tells its parent, and cancels its own children that have not settled. */
export const endsTellParentsAndChildren: CoordinationStoreBehaviour = {
  name: 'a child run that ends tells its parent, and cancels its own children that have not settled',
  run: async ({ store, open, expect }) => {
    const parent = {
      runId: 'parent',
      incarnation: 'p',
      definitionHash: 'ph',
      visit: { nodeId: 'sub', iteration: [] },
      attempt: 1,
      depth: 1,
      touches: [],
    }
    const visit = { nodeId: 'sub', iteration: [] }
    const run = await open(
      {
        children: [
          { childRunId: 'one', visit },
          { childRunId: 'two', visit },
        ],
      },
      { parent },
    )
    const settled: InboxEvent = {
      id: 'c1',
      touches: [],
      type: 'resumed',
      visit,
      attempt: 1,
      source: { type: 'child', childRunId: 'one', status: 'completed' },
      resumption: { type: 'child-completed' },
    }
    expect((await store.deliver(run.ref, { event: settled }, undefined)).verdict).toBe('accepted')
    expect((await store.deliver(run.ref, { event: { ...settled, id: 'c2' } }, undefined)).verdict).toBe('duplicate')
    const stranger: InboxEvent = {
      ...settled,
      id: 'c3',
      source: { type: 'child', childRunId: 'ghost', status: 'completed' },
    }
    expect((await store.deliver(run.ref, { event: stranger }, undefined)).verdict).toBe('rejected')
    expect((await store.readRun(run.ref.runId))?.children).toEqual(['two'])
    const reply = await run.commit(await run.takeTurn(), {
      handled: ['c1'],
      end: { status: 'failed', errorText: '"broken"', journal: [] },
    })
    const messages = reply.status === 'committed' ? reply.messages : []
    expect(messages.map(({ type }) => type).sort()).toEqual(['cancel-child', 'notify-parent'])
    expect(messages.find(({ type }) => type === 'notify-parent')).toMatchObject({
      childRunId: run.ref.runId,
      status: 'failed',
      errorText: '"broken"',
      parent: { runId: 'parent' },
    })
    expect(messages.find(({ type }) => type === 'cancel-child')).toMatchObject({ childRunId: 'two' })
  },
}

import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { machines } from '../../test/machines.ts'
import type { CommitReply } from '../ports/turn-store.ts'

const child = { blueprint: { id: 'child', nodes: [{ id: 'c', uses: 'c' }], edges: [] }, registry: { c: () => 'child' } }

/** Something that is awaited until it has happened. */
function moment(): { readonly come: Promise<void>; readonly happen: () => void } {
  let happen: () => void = () => undefined
  const come = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { come, happen: () => happen() }
}

describe('a commit whose reply was lost', () => {
  it('starts its child runs at once when it is sent again, although another commit came in between', async () => {
    const { clock, client, work, pass, store: plain } = machines()
    const asked = moment()
    const others = moment()
    let repeated = 0
    const store = aroundStore(plain, async ({ name, carryOut }) => {
      const reply = await carryOut()
      if (name !== 'commit' && name !== 'settle') return reply
      const { messages = [] } = reply as Partial<Extract<CommitReply, { status: 'committed' }>>
      if (!messages.some(({ type }) => type === 'start-child')) {
        if (repeated > 0) others.happen()
        return reply
      }
      repeated++
      asked.happen()
      await others.come
      return carryOut()
    })
    const workflow = {
      blueprint: {
        id: 'parent',
        nodes: [
          { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
          { id: 'beside', uses: 'beside' },
        ],
        edges: [],
      },
      registry: { beside: () => asked.come.then(() => 'beside') },
      subflows: { child },
    }
    // Each takes one job at a time, so that both commit: outcomes of one worker wait for each other.
    for (const _ of ['one', 'other']) work({ workflows: [workflow], store, concurrency: 1 })
    const begunAt = clock.now()
    const run = await client().start(workflow, null)
    const result = await pass(run.result())
    expect([result.outputs, repeated]).toEqual([{ sub: 'child', beside: 'beside' }, 1])
    expect(clock.now() - begunAt).toBeLessThan(1000)
  })
})

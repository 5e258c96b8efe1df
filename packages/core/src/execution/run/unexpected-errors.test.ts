import { describe, expect, it } from 'vitest'
import { processOn } from '../../../test/machines.ts'
import type { MemoryJournals } from '../../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import { FlowRuntime } from '../../runtime/flow-runtime.ts'

const blueprint: WorkflowBlueprint = {
  id: 'w',
  nodes: [
    { id: 'a', uses: 'fine' },
    { id: 'b', uses: 'fails', config: { retry: { maxAttempts: 3 } } },
  ],
  edges: [{ source: 'a', target: 'b' }],
}
const registry = {
  fine: () => 1,
  fails: () => {
    throw new Error('no')
  },
}
const broken = { code: 'INTERNAL', details: { runId: 'r' }, cause: new TypeError('a port that throws') }

/** A port that throws in the middle of a decision. */
const random = (): number => {
  throw new TypeError('a port that throws')
}

describe('an error where none may be, in the middle of a decision', () => {
  it('ends the run with INTERNAL, and no other one', async () => {
    const runtime = new FlowRuntime({ registry, random })
    await expect(runtime.run(blueprint, undefined, { runId: 'r' })).rejects.toMatchObject(broken)
    const run = await runtime.start(blueprint, undefined, { runId: 'r2' })
    await expect(run.result()).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(runtime.run({ ...blueprint, nodes: [{ id: 'a', uses: 'fine' }], edges: [] })).resolves.toMatchObject({
      status: 'completed',
    })
  })

  it('leaves the journal as it was before the decision, so that a later process goes on', async () => {
    const journals: MemoryJournals = new Map()
    const first = processOn(journals, { registry, random })
    await expect(first.run(blueprint, undefined, { runId: 'r' })).rejects.toMatchObject(broken)
    await first.close()
    const later = processOn(journals, { registry: { ...registry, fails: () => 'well' } })
    expect(await later.open(blueprint, 'r').result()).toMatchObject({ status: 'completed', output: 'well' })
  })

  it('does not keep the other runs of a store from going on', async () => {
    const journals: MemoryJournals = new Map()
    const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
    const first = processOn(journals, { registry, random })
    await first.run(asking, undefined, { runId: 'healthy' })
    await expect(first.run(blueprint, undefined, { runId: 'r' })).rejects.toMatchObject(broken)
    await first.close()
    const later = processOn(journals, { registry, random, blueprints: { asking, w: blueprint } })
    const runs = await later.recover()
    const sick = runs.find(({ runId }) => runId === 'r')
    await expect(sick?.result()).rejects.toMatchObject({ code: 'INTERNAL' })
    const healthy = runs.find(({ runId }) => runId === 'healthy')
    await healthy?.resume('ask', 1)
    expect(await healthy?.result()).toMatchObject({ status: 'completed' })
  })
})

import { describe, expect, it } from 'vitest'
import { SlowJournals } from '../../test/slow-journals.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { FlowRuntimeOptions } from './options.ts'

const payment: WorkflowBlueprint = {
  id: 'payment',
  nodes: [{ id: 'pay', uses: 'webhook', params: { announce: 'announce' } }],
  edges: [],
}
const order: WorkflowBlueprint = {
  id: 'order',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'payment' } }],
  edges: [],
}
const cart: WorkflowBlueprint = {
  id: 'cart',
  nodes: [{ id: 'outer', uses: 'subflow', params: { blueprintId: 'order' } }],
  edges: [],
}

interface Link {
  readonly runId: string
  readonly token: string
}

/** A runtime, and the links that its webhooks announce. */
function runtimeWith(options: FlowRuntimeOptions): { readonly runtime: FlowRuntime; readonly links: Link[] } {
  const links: Link[] = []
  const registry = { announce: ({ runId, token }: Link) => void links.push({ runId, token }) }
  return { runtime: new FlowRuntime({ registry, blueprints: { payment, order, cart }, ...options }), links }
}

/** Starts a run whose webhook is one of a child run. @returns where its link leads */
async function started(
  blueprint: WorkflowBlueprint,
  options: FlowRuntimeOptions,
): Promise<Link & { runtime: FlowRuntime }> {
  const { runtime, links } = runtimeWith(options)
  await runtime.run(blueprint, undefined, { runId: 'r' })
  const [{ runId, token } = { runId: '', token: '' }] = links
  return { runtime, runId, token }
}

const places: readonly (readonly [string, () => FlowRuntimeOptions])[] = [
  ['without a store', () => ({})],
  ['with a journal', () => ({ store: memoryJournalStore() })],
]

describe.each(places)('a child run %s', (_, options) => {
  it.each([order, cart])('is answered under the id that its webhook announced: $id', async (blueprint) => {
    const { runtime, runId, token } = await started(blueprint, options())
    expect(runId).not.toBe('r')
    const child = runtime.open(runId)
    await child.resumeByToken(token, 'paid')
    expect((await child.result()).output).toBe('paid')
    expect(await runtime.open('r').result()).toMatchObject({ status: 'completed', output: 'paid' })
    await expect(runtime.open(runId).resumeByToken(token)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })

  it('that is cancelled under its own id fails whoever waits for it', async () => {
    const { runtime, runId } = await started(order, options())
    await runtime.open(runId).cancel('nobody pays')
    await settle()
    expect((await runtime.open('r').result()).errors).toMatchObject([{ code: 'SUBFLOW_FAILED' }])
  })
})

/** Begins a run, and ends its process. */
async function leftBehind(blueprint: WorkflowBlueprint): Promise<Link & { journals: MemoryJournals }> {
  const journals: MemoryJournals = new Map()
  const { runtime, runId, token } = await started(blueprint, { store: memoryJournalStore({ journals }) })
  await runtime.close()
  return { journals, runId, token }
}

describe('a child run that is opened in another process', () => {
  it.each([order, cart])('goes on with the run that it belongs to: $id', async (blueprint) => {
    const { journals, runId, token } = await leftBehind(blueprint)
    const { runtime } = runtimeWith({ store: memoryJournalStore({ journals }) })
    await runtime.open(runId).resumeByToken(token, 'paid')
    expect(await runtime.open('r').result()).toMatchObject({ status: 'completed', output: 'paid' })
  })

  it('is the same run for all who open it at once, and for its parent', async () => {
    const { journals, runId, token } = await leftBehind(cart)
    const { runtime } = runtimeWith({ store: memoryJournalStore({ journals }) })
    const handles = [runtime.open(runId), runtime.open(payment, runId), runtime.open('r'), runtime.open(runId)]
    expect(await Promise.all(handles.map((handle) => handle.status()))).toEqual(handles.map(() => 'awaiting'))
    expect((await handles[2]?.waits())?.map(({ name }) => name)).toEqual(['pay'])
    await handles[1]?.resumeByToken(token, 'paid')
    for (const handle of handles) expect((await handle.result()).output).toBe('paid')
  })

  it('is answered where nobody knows the definition of its parent, which takes it up as it is', async () => {
    const { journals, runId, token } = await leftBehind(order)
    const { runtime } = runtimeWith({ store: memoryJournalStore({ journals }), blueprints: { payment } })
    const child = runtime.open(runId)
    expect(await child.status()).toBe('awaiting')
    const parent = runtime.open(order, 'r')
    expect((await parent.waits()).map(({ name }) => name)).toEqual(['pay'])
    expect(await parent.status()).toBe('awaiting')
    await child.resumeByToken(token, 'paid')
    expect(await parent.result()).toMatchObject({ status: 'completed', output: 'paid' })
  })

  it('has the definition that it is opened with, or is refused', async () => {
    const { journals, runId } = await leftBehind(order)
    const { runtime } = runtimeWith({ store: memoryJournalStore({ journals }) })
    await expect(runtime.open(cart, runId).status()).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    await expect(runtime.open('0'.repeat(32)).status()).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  })
})

describe('a child run whose parent cuts it off', () => {
  it('is cancelled after that is written', async () => {
    const clock = new VirtualClock()
    const store = new SlowJournals({ clock })
    const { runtime } = runtimeWith({ store, clock })
    const run = await whileTimePasses(clock, runtime.start(order, undefined, { runId: 'r' }), { stepMs: 10 })
    await whileTimePasses(clock, run.status(), { stepMs: 10 })
    const childId = [...store.journals.keys()].find((runId) => runId !== 'r') ?? ''
    void run.cancel()
    while (!store.has(childId, 'run.cancelled')) {
      expect(store.groups).toBeLessThan(100)
      clock.advance(1)
      await settle()
      if (!store.has('r', 'run.cancelled')) expect(store.has(childId, 'run.cancelled')).toBe(false)
    }
    expect(store.has('r', 'run.cancelled')).toBe(true)
  })

  it('lives on if that could not be written', async () => {
    const clock = new VirtualClock()
    const journals: MemoryJournals = new Map()
    const before = new SlowJournals({ clock, journals })
    const first = runtimeWith({ store: before, clock }).runtime
    const begun = await whileTimePasses(clock, first.start(order, undefined, { runId: 'r' }), { stepMs: 10 })
    await whileTimePasses(clock, begun.status(), { stepMs: 10 })
    clock.advance(100)
    await settle()
    await whileTimePasses(clock, first.close(), { stepMs: 10 })

    const store = new SlowJournals({ clock, journals, failsAt: 3 })
    const { runtime } = runtimeWith({ store, clock })
    const run = runtime.open('r')
    await whileTimePasses(clock, run.status(), { stepMs: 10 })
    const childId = [...journals.keys()].find((runId) => runId !== 'r') ?? ''
    expect(store.groups).toBe(2)
    await expect(whileTimePasses(clock, Promise.all([run.cancel(), run.result()]))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    await whileTimePasses(clock, runtime.close())
    expect([store.has('r', 'run.cancelled'), store.has(childId, 'run.cancelled')]).toEqual([false, false])
  })
})

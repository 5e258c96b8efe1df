import { describe, expect, it } from 'vitest'
import { BusyClock } from '../../test/busy-clock.ts'
import { SlowJournals } from '../../test/slow-journals.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { whileTimePasses } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }

const subflow = (id: string, blueprintId: string): WorkflowBlueprint => ({
  id,
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId } }],
  edges: [],
})

const between = subflow('between', 'child')

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

const registry: Registry = {
  patient: ({ invoke }: NodeContext) => invoke('sub', 'child', undefined, { timeout: 1000 }).catch(codeOf),
  deep: ({ invoke }: NodeContext) => invoke('sub', 'between', undefined, { timeout: 1000 }).catch(codeOf),
}

const handling = (uses: string): WorkflowBlueprint => ({ id: uses, nodes: [{ id: 'h', uses }], edges: [] })

const late = { code: 'WAIT_NOT_OPEN', retryable: false }

type Situation = 'while no process was alive' | 'in a process too busy for its timers' | 'in one that keeps no journals'

const situations: readonly Situation[] = [
  'while no process was alive',
  'in a process too busy for its timers',
  'in one that keeps no journals',
]

interface Scene {
  readonly parent: RunHandle
  /** The run that asks. */
  readonly asking: RunHandle
}

/** A run that waits for an answer to a child run of it, 1,000 ms after it came to wait. */
async function waited(situation: Situation, blueprint: WorkflowBlueprint, deadlineMs?: number): Promise<Scene> {
  const isRestarted = situation === 'while no process was alive'
  const clock = isRestarted ? new VirtualClock() : new BusyClock()
  const journals: MemoryJournals = new Map()
  const started: string[] = []
  const process = (): FlowRuntime => {
    const options = { clock, registry, blueprints: { child, between, [blueprint.id]: blueprint } }
    const isKept = situation !== 'in one that keeps no journals'
    const runtime = new FlowRuntime(isKept ? { ...options, store: memoryJournalStore({ journals }) } : options)
    runtime.eventBus.on('*', (event: RunEvent) => {
      if (event.type === 'child.started') started.push(event.childRunId)
    })
    return runtime
  }
  const first = process()
  await first.run(blueprint, undefined, { runId: 'p', ...(deadlineMs === undefined ? {} : { deadlineMs }) })
  if (isRestarted) await first.close()
  clock.advance(1000)
  const runtime = isRestarted ? process() : first
  // Before its parent: opened by its own id, it goes on with that.
  const asking = runtime.open(started.at(-1) ?? '')
  return { asking, parent: isRestarted ? runtime.open(blueprint, 'p') : runtime.open('p') }
}

describe.each(situations)('an answer that comes too late for a child run, %s,', (situation) => {
  it.each([
    ['a child', subflow('parent', 'child')],
    ['a child of a child', subflow('parent', 'between')],
  ])('is refused by %s itself where the deadline of its parent has passed', async (_whose, blueprint) => {
    const { asking, parent } = await waited(situation, blueprint, 1000)
    await expect(asking.resume('ask', 'late')).rejects.toMatchObject(late)
    expect(await parent.result()).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }] })
    expect(await asking.result()).toMatchObject({ status: 'cancelled' })
  })

  it.each([
    ['a child', 'patient'],
    ['a child of a child', 'deep'],
  ])('is refused by %s itself where the time of the invoke is up', async (_whose, uses) => {
    const { asking, parent } = await waited(situation, handling(uses))
    await expect(asking.resume('ask', 'late')).rejects.toMatchObject(late)
    expect(await parent.result()).toMatchObject({ status: 'completed', output: 'INVOKE_TIMEOUT' })
    expect(await asking.result()).toMatchObject({ status: 'cancelled' })
  })

  it('is refused by the parent where the time of its invoke is up', async () => {
    const { parent } = await waited(situation, handling('patient'))
    await expect(parent.resume('ask', 'late')).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN' })
    expect(await parent.result()).toMatchObject({ status: 'completed', output: 'INVOKE_TIMEOUT' })
  })
})

describe('an answer in time', () => {
  it.each(situations)('is taken by a child run, and its parent goes on with it, %s', async (situation) => {
    const { asking, parent } = await waited(situation, subflow('parent', 'child'), 1001)
    await asking.resume('ask', 'yes')
    expect(await parent.result()).toMatchObject({ status: 'completed', output: 'yes' })
  })
})

describe('an answer that comes too late for a child run whose journals take their time', () => {
  it.each([
    ['the deadline of its parent has passed', subflow('parent', 'between'), 'RUN_DEADLINE', 1000],
    ['the time of the invoke is up', handling('deep'), undefined, undefined],
  ])('is refused by it where %s, once that is written', async (_why, blueprint, code, deadlineMs) => {
    const clock = new VirtualClock()
    const journals: MemoryJournals = new Map()
    const blueprints = { child, between, [blueprint.id]: blueprint }
    const process = (): FlowRuntime =>
      new FlowRuntime({ clock, registry, blueprints, store: new SlowJournals({ clock, journals }) })
    const first = process()
    const limit = deadlineMs === undefined ? {} : { deadlineMs }
    await whileTimePasses(clock, first.run(blueprint, undefined, { runId: 'p', ...limit }), { stepMs: 1 })
    await whileTimePasses(clock, first.close(), { stepMs: 1 })
    clock.advance(1000)
    const lastBegun = [...journals.keys()].at(-1) ?? ''
    const runtime = process()
    const asking = runtime.open(lastBegun)
    const refused = asking.resume('ask', 'late').catch((error: unknown) => error)
    expect(await whileTimePasses(clock, refused, { stepMs: 1 })).toMatchObject(late)
    expect(journals.get(lastBegun)?.entries.at(-1)).toContain('run.cancelled')
    const result = await whileTimePasses(clock, runtime.open(blueprint, 'p').result(), { stepMs: 1 })
    expect([result.output, result.errors[0]?.code]).toEqual([code === undefined ? 'INVOKE_TIMEOUT' : undefined, code])
  })
})

describe('moments that pass together while a process is busy', () => {
  it('count in their order: a wait that ended before the timeout of an invoke wins the race', async () => {
    const clock = new BusyClock()
    const racing: Registry = {
      h: async ({ invoke, waitFor }: NodeContext) => {
        const sub = invoke('sub', 'child', undefined, { timeout: 900 }).catch(codeOf)
        const [wait, patient] = [{ timeout: 800 }, { timeout: 5000 }].map((options, at) =>
          waitFor(`w${at}`, options).catch(codeOf),
        )
        return Promise.race([sub, wait, patient])
      },
    }
    const runtime = new FlowRuntime({ clock, registry: racing, blueprints: { child } })
    await runtime.run(handling('h'), undefined, { runId: 'p' })
    clock.advance(1000)
    const parent = runtime.open('p')
    await parent.resume('w1', 'in time')
    expect(await parent.result()).toMatchObject({ status: 'completed', output: 'WAIT_TIMEOUT' })
  })
})

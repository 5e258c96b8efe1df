import { describe, expect, it } from 'vitest'
import { machines, processOn } from '../../test/machines.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import type { MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { FlowRuntime } from './flow-runtime.ts'

/** Two nodes that are undone, the second one first by the handler of this name, after a third one that fails. */
const undoneBy = (compensate: string): WorkflowBlueprint => ({
  id: 'trip',
  nodes: [
    { id: 'room', uses: 'book', config: { compensate: 'give-back' } },
    { id: 'car', uses: 'book', config: { compensate } },
    { id: 'flight', uses: 'no-seat' },
  ],
  edges: [
    { source: 'room', target: 'car' },
    { source: 'car', target: 'flight' },
  ],
  policy: { onFailure: 'compensate' },
})
const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }

const registry: Registry = {
  book: () => 'booked',
  'no-seat': () => {
    throw new Error('no seat is left')
  },
  'give-back': () => 'given back',
  'asks-first': (context: NodeContext) => context.waitFor('may I'),
  'asks-in-a-child': (context: NodeContext) => context.invoke('ask', 'asking', 1),
  'asks-for-a-while': (context: NodeContext) => context.waitFor('may I', { timeout: 1000 }).catch(() => 'nobody minds'),
  'sleeps-and-asks': async (context: NodeContext) => {
    await context.sleep('nap', 1000)
    return context.waitFor('may I')
  },
}

const told = (events: readonly RunEvent[]): readonly string[] =>
  events
    .filter(({ type }) => type === 'warning' || type === 'compensation.completed' || type === 'compensation.failed')
    .map((event) =>
      'code' in event ? `${event.type} ${event.code}` : `${event.type} ${'nodeId' in event ? event.nodeId : ''}`,
    )

const endOf = ({ status, errors }: WorkflowResult): unknown => ({
  status,
  errors: errors.map(({ message }) => message),
})

const cutOff = {
  status: 'failed',
  errors: [
    'node "flight" failed: no seat is left',
    'visit "car" could not be undone, so what it did may still stand: the run was cancelled while what undoes the visit waited for an answer or a child run',
  ],
}

describe('a cancel of a run that is being compensated', () => {
  const begin = async (
    compensate: string,
    journals: MemoryJournals = new Map(),
  ): Promise<{ runtime: FlowRuntime; clock: VirtualClock }> => {
    const clock = new VirtualClock()
    const runtime = processOn(journals, { registry, clock, blueprints: { asking } })
    await runtime.start(undoneBy(compensate), undefined, { runId: 'r' })
    await settle()
    return { runtime, clock }
  }

  it.each(['asks-first', 'asks-in-a-child'])(
    'cuts off what waits for ever in order to undo a visit, and the rest is undone: %s',
    async (compensate) => {
      const { runtime } = await begin(compensate)
      const run = runtime.open('r')
      expect(await run.status()).toBe('awaiting')
      await run.cancel('enough')
      expect(endOf(await run.result())).toEqual(cutOff)
      const journal = await run.journal()
      expect(told(journal)).toEqual([
        'warning CANCELLED_TOO_LATE',
        'compensation.failed car',
        'compensation.completed room',
      ])
      expect(await run.waits()).toEqual([])
    },
  )

  it('lets go on what ends by itself, and tells that it does', async () => {
    const { runtime, clock } = await begin('asks-for-a-while')
    const run = runtime.open('r')
    await run.cancel('enough')
    await run.cancel('I mean it')
    await settle()
    expect(await run.status()).toBe('awaiting')
    clock.advance(1000)
    expect(endOf(await run.result())).toEqual({ status: 'failed', errors: ['node "flight" failed: no seat is left'] })
    expect(told(await run.journal())).toEqual([
      'warning CANCELLED_TOO_LATE',
      'compensation.completed car',
      'compensation.completed room',
    ])
  })

  it('holds for what waits later', async () => {
    const { runtime, clock } = await begin('sleeps-and-asks')
    const run = runtime.open('r')
    await run.cancel('enough')
    await settle()
    clock.advance(1000)
    expect(endOf(await run.result())).toEqual(cutOff)
  })

  it('is remembered by the process that goes on with the run', async () => {
    const journals: MemoryJournals = new Map()
    const { runtime } = await begin('sleeps-and-asks', journals)
    await runtime.open('r').cancel('enough')
    await runtime.close()
    const clock = new VirtualClock()
    clock.advance(2000)
    const later = processOn(journals, { registry, clock })
    const run = later.open(undoneBy('sleeps-and-asks'), 'r')
    expect(endOf(await whileTimePasses(clock, run.result()))).toEqual(cutOff)
    await later.close()
    const again = processOn(journals, { registry, clock })
    expect(endOf(await again.open(undoneBy('sleeps-and-asks'), 'r').result())).toEqual(cutOff)
  })

  it.each(['asks-first', 'asks-in-a-child', 'sleeps-and-asks'])('does the same in a store: %s', async (compensate) => {
    const { run, clock } = await distributed(compensate)
    await run.cancel('enough')
    expect(endOf(await whileTimePasses(clock, run.result()))).toEqual(cutOff)
    expect(told(await run.journal())).toEqual([
      'warning CANCELLED_TOO_LATE',
      'compensation.failed car',
      'compensation.completed room',
    ])
    expect(await run.waits()).toEqual([])
  })
})

describe('what undoes a visit in a store', () => {
  it('goes on when what it waits for is there', async () => {
    const { run, clock } = await distributed('sleeps-and-asks')
    const isAsking = async (): Promise<void> => {
      while ((await run.waits()).length === 0) await settle()
    }
    await whileTimePasses(clock, isAsking())
    await run.resume('may I', 'yes')
    const { errors } = await whileTimePasses(clock, run.result())
    expect(errors).toHaveLength(1)
    expect(told(await run.journal())).toEqual(['compensation.completed car', 'compensation.completed room'])
  })
})

/** A run in a store that waits for something in order to undo a visit. */
async function distributed(compensate: string): Promise<{ run: RunHandle; clock: VirtualClock }> {
  const { clock, client, work } = machines()
  const blueprint = undoneBy(compensate)
  work({ registry, blueprints: [blueprint, asking] })
  const run = await client().start(blueprint, undefined, { runId: 'r' })
  const isSuspended = async (): Promise<void> => {
    while (!(await run.journal()).some(({ type }) => type === 'node.suspended')) await settle()
  }
  await whileTimePasses(clock, isSuspended(), { stepMs: 10 })
  return { run, clock }
}

import { describe, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint: WorkflowBlueprint = { id: 'racing', nodes: [{ id: 'h', uses: 'h' }], edges: [] }

type Handler = (context: NodeContext, pass: (place: string) => Promise<void>) => Promise<unknown>

/** A process whose handler comes to named places, and goes on from each when it is let. */
class Process {
  private readonly run: Promise<RunHandle>
  private readonly gates: Map<string, () => void> = new Map()
  private readonly isOpen: boolean

  constructor(journals: MemoryJournals, handler: Handler, isOpen: boolean) {
    this.isOpen = isOpen
    const store = memoryJournalStore({ journals })
    const h = (context: NodeContext): Promise<unknown> => handler(context, (place) => this.pass(place))
    this.run = new FlowRuntime({ store, registry: { h } }).start(blueprint, undefined, { runId: 'r' })
  }

  private pass(place: string): Promise<void> {
    if (this.isOpen) return Promise.resolve()
    return new Promise((resolve) => {
      this.gates.set(place, resolve)
    })
  }

  async answer(name: string): Promise<void> {
    await settle()
    await (await this.run).resume(name, name)
    await settle()
  }

  async result(): Promise<WorkflowResult> {
    return (await this.run).result()
  }

  /** Lets the handler go on from a place. */
  async let(place: string): Promise<void> {
    await settle()
    const go = this.gates.get(place)
    if (go === undefined) throw new Error(`the handler has not come to "${place}"`)
    go()
    await settle()
  }
}

const copyOf = (journals: MemoryJournals): MemoryJournals =>
  new Map([...journals].map(([runId, { writer: _writer, ...kept }]) => [runId, structuredClone(kept)]))

/** What a run comes to whose process ends at a place that its handler came to, and what the journal says then. */
async function crashedAt(
  place: string,
  handler: Handler,
  drive: (process: Process) => Promise<void>,
): Promise<{ readonly live: unknown; readonly again: unknown }> {
  const journals: MemoryJournals = new Map()
  const first = new Process(journals, handler, false)
  await drive(first)
  const crashed = copyOf(journals)
  await first.let(place)
  const live = (await first.result()).output
  return { live, again: (await new Process(crashed, handler, true).result()).output }
}

describe('a race of durable calls whose process ends before the handler is suspended again', () => {
  it('is won by the call that was answered first, of several that were open', async () => {
    const handler: Handler = async ({ waitFor, step }, pass) => {
      const winner = await Promise.race([waitFor('a'), waitFor('b'), waitFor('c')])
      await step(`after ${String(winner)}`, () => pass('in step'))
      return winner
    }
    const ends = await crashedAt('in step', handler, async (process) => {
      for (const name of ['b', 'a', 'c']) await process.answer(name)
    })
    expect(ends).toEqual({ live: 'b', again: 'b' })
  })

  it('is not won by an answer that came while the handler ran, where a step had won it', async () => {
    const handler: Handler = async ({ waitFor, step }, pass) => {
      const answer = waitFor('a')
      await waitFor('b')
      const winner = await Promise.race([answer, step('s', () => pass('in s').then(() => 's'))])
      await step(`after ${String(winner)}`, () => winner)
      await step('last', () => pass('in last'))
      return [winner, await answer]
    }
    const ends = await crashedAt('in last', handler, async (process) => {
      await process.answer('b')
      await process.answer('a')
      await process.let('in s')
    })
    expect(ends).toEqual({ live: ['s', 'a'], again: ['s', 'a'] })
  })

  it('has the winner that it had also in the process after that, and after a suspension', async () => {
    const handler: Handler = async ({ waitFor, step, emit }, pass) => {
      const answers = [waitFor('a'), waitFor('b')]
      await waitFor('go')
      const order: unknown[] = []
      for (const one of answers) void one.then((value) => order.push(value))
      for (const name of ['one', 'two']) {
        await step(name, () => pass(`in ${name}`))
        order.push(name)
      }
      await emit('seen', [...order])
      await step(`after ${order.join(' ')}`, () => pass('in after'))
      await waitFor('more')
      await step(`at last ${order.join(' ')}`, () => pass('in last'))
      return [...order, ...(await Promise.all(answers))]
    }
    const journals: MemoryJournals = new Map()
    const first = new Process(journals, handler, false)
    await first.answer('go')
    await first.answer('b')
    await first.let('in one')
    await first.answer('a')
    await first.let('in two')
    const crashed = copyOf(journals)
    await first.let('in after')
    const second = new Process(crashed, handler, false)
    await settle()
    const again = copyOf(crashed)
    const ends: unknown[] = []
    for (const process of [second, new Process(again, handler, false)]) {
      await process.let('in after')
      await process.answer('more')
      await process.let('in last')
      ends.push((await process.result()).output)
    }
    const came = ['one', 'two', 'b', 'a', 'a', 'b']
    expect(ends).toEqual([came, came])
  })

  it('is told in the journal only where the events do not tell it', async () => {
    const handler: Handler = async ({ waitFor, step }, pass) => {
      const answer = waitFor('a')
      await waitFor('b')
      await Promise.all([step('one', () => 1), step('two', () => 2)])
      await step('slow', () => pass('in slow'))
      await step('last', () => 3)
      await waitFor('c')
      return [await answer, await step('once more', () => 4)]
    }
    const journals: MemoryJournals = new Map()
    const process = new Process(journals, handler, false)
    await process.answer('b')
    await process.answer('a')
    await process.let('in slow')
    await process.answer('c')
    await process.result()
    const recorded = (journals.get('r')?.entries ?? [])
      .map((text) => (JSON.parse(text) as StoredEvent).fact)
      .filter(({ type }) => type === 'step.recorded')
      .map(({ call, answered }) => [call, answered])
    expect(recorded).toEqual([
      ['one', undefined],
      ['two', undefined],
      ['slow', ['b', 'one', 'two']],
      ['last', ['slow']],
      ['once more', undefined],
    ])
  })
})

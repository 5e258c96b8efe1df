import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { graphOf } from '../../test/blueprints.ts'
import { machines } from '../../test/machines.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import { EventBus } from '../defaults/event-bus.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { FlowRuntime } from './flow-runtime.ts'

const name = ({ nodeId }: NodeContext): string => nodeId

/** A schema that accepts what a check lets through. */
const schemaOf = (isValid: (value: unknown) => boolean) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => (isValid(value) ? { value } : { issues: [{ message: 'wrong' }] }),
  },
})

const review = defineWorkflow('review', { input: ofType<string>() })
  .node('draft', ({ input }) => `draft of ${input}`)
  .wait('approval', { after: 'draft', schema: schemaOf((value) => value === 'yes' || value === 'no') })
  .node('publish', { after: ['draft', 'approval'] }, ({ deps }) => `${deps.draft}: ${String(deps.approval)}`)
  .build()

async function readAll(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** Counts how often each operation of a store is asked for. */
function counted(store: ICoordinationStore): {
  readonly store: ICoordinationStore
  readonly calls: Map<string, number>
} {
  const calls = new Map<string, number>()
  const counting = aroundStore(store, ({ name: operation, carryOut }) => {
    calls.set(operation, (calls.get(operation) ?? 0) + 1)
    return carryOut()
  })
  return { store: counting, calls }
}

describe('a run in a store', () => {
  it('is started in one process, carried out in others, and followed in a third from the store alone', async () => {
    const { client, work, pass } = machines()
    const run = await client().start(review, 'looms', { runId: 'r' })
    expect(await run.status()).toBe('running')
    work({ workflows: [review] })
    work({ workflows: [review] })
    const elsewhere = client().open(review, 'r')
    const events = pass(readAll(elsewhere.events()))
    await settle()
    expect([await elsewhere.status(), (await elsewhere.waits()).map(({ name: wait }) => wait)]).toEqual([
      'awaiting',
      ['approval'],
    ])
    await elsewhere.resume('approval', 'yes')
    const result = await pass(run.result())
    expect(result).toMatchObject({ runId: 'r', status: 'completed', output: 'draft of looms: yes', errors: [] })
    expect(result.outputs).toEqual({ draft: 'draft of looms', approval: 'yes', publish: 'draft of looms: yes' })
    const told = await events
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, at) => at + 1))
    expect([told[0]?.type, told.at(-1)]).toMatchObject([
      'run.started',
      { type: 'run.completed', output: 'draft of looms: yes' },
    ])
    expect(await elsewhere.journal()).toEqual(told)
    expect(await readAll(run.events())).toEqual(told)
    expect([await run.status(), await run.waits()]).toEqual(['completed', []])
  })

  it('gives the same result as in one process: outputs, shared values, errors, skipped and cancelled nodes', async () => {
    const registry: Registry = {
      a: ({ context }: NodeContext) => {
        context.set('by', 'a')
        return { at: new Date(7) }
      },
      b: () => {
        throw Object.assign(new Error('no money'), { code: 'E_FUNDS' })
      },
      c: name,
      d: name,
    }
    const blueprint = graphOf(['a>b', 'a>c', 'b>d'])
    const { client, work, pass, clock } = machines()
    work({ blueprints: [blueprint], registry })
    const local = await new FlowRuntime({ registry, clock }).run(blueprint, 1, { runId: 'r', onFailure: 'continue' })
    const stored = await pass(client().run(blueprint, 1, { runId: 'r', onFailure: 'continue' }))
    const facts = ({ status, output, outputs, context, skipped, cancelled, waits }: typeof local) => {
      return { status, output, outputs, context, skipped, cancelled, waits }
    }
    expect(facts(stored)).toEqual(facts(local))
    expect(stored).toMatchObject({ status: 'failed', skipped: ['d'], outputs: { a: { at: new Date(7) } } })
    expect(stored.errors).toMatchObject([
      { code: 'NODE_FAILED', details: { nodeId: 'b' }, cause: { message: 'no money', code: 'E_FUNDS' } },
    ])
    expect(stored.errors.map(({ message }) => message)).toEqual(local.errors.map(({ message }) => message))
  })

  it('is the same run for whoever starts it again, and a conflict with another input or definition', async () => {
    const { client, store } = machines()
    const blueprint = graphOf(['a>b'])
    const run = await client().start(blueprint, { n: 1 }, { runId: 'r' })
    const again = await client().start(graphOf(['a>b']), { n: 1 }, { runId: 'r' })
    expect(again.runId).toBe(run.runId)
    expect((await store.readRun('r'))?.revision).toBe(1)
    await expect(client().start(blueprint, { n: 2 }, { runId: 'r' })).rejects.toMatchObject({
      code: 'RUN_CONFLICT',
      details: { runId: 'r', what: 'input' },
    })
    await expect(client().start(graphOf(['a>c']), { n: 1 }, { runId: 'r' })).rejects.toMatchObject({
      code: 'RUN_CONFLICT',
      details: { what: 'definition' },
    })
  })

  it('is told by its id alone, by a process that has no workflow at all', async () => {
    const { client, work, pass } = machines()
    const blueprint = graphOf(['pick>left:left', 'pick>right:right', 'left>end', 'right>end'])
    const registry = { pick: () => 5, left: name, right: name, end: name, many: () => [1, 2] }
    const parallel: WorkflowBlueprint = { ...graphOf(['many>left', 'many>right']), id: 'parallel' }
    work({ blueprints: [blueprint, parallel], registry })
    await client().start(blueprint, 1, { runId: 'none' })
    await client().start(parallel, 1, { runId: 'both' })
    const stranger = client()
    expect(await pass(stranger.open('none').result())).toMatchObject({
      status: 'completed',
      outputs: { pick: 5 },
      skipped: ['left', 'right', 'end'],
    })
    const both = await pass(stranger.open('both').result())
    expect([both.output, { ...both.outputs }]).toEqual([
      { left: 'left', right: 'right' },
      { many: [1, 2], left: 'left', right: 'right' },
    ])
  })

  it('that nobody has started is unknown, and one of another workflow is not taken for this one', async () => {
    const { client } = machines()
    const ghost = client().open('ghost')
    for (const asked of [ghost.status(), ghost.result(), ghost.waits(), ghost.journal(), ghost.cancel()]) {
      await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_RUN', details: { runId: 'ghost' } })
    }
    await expect(ghost.resume('x', 1)).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    await expect(readAll(ghost.events())).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    await client().start(graphOf(['a>b']), 1, { runId: 'r' })
    const wrong = client().open(review, 'r')
    for (const asked of [wrong.status(), wrong.resume('approval', 'yes'), wrong.cancel()]) {
      await expect(asked).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH', details: { runId: 'r' } })
    }
    expect(await client().open('r').status()).toBe('running')
  })

  it('is cancelled from any process, with what it has produced so far', async () => {
    const { client, work, pass } = machines()
    work({ workflows: [review] })
    const run = await client().start(review, 'looms', { runId: 'r' })
    await settle()
    await client().open('r').cancel('enough')
    expect(await pass(run.result())).toMatchObject({ status: 'cancelled', outputs: { draft: 'draft of looms' } })
    await run.cancel('again')
    expect(await run.status()).toBe('cancelled')
  })

  it('is cancelled when the signal of its start aborts, before it attempts anything if that has happened', async () => {
    const { client, work, pass } = machines()
    let calls = 0
    const registry = { a: () => ++calls, b: name }
    const nap = { id: 'nap', uses: 'sleep', params: { durationMs: 60_000 } }
    const blueprint = graphOf(['a>nap', 'nap>b'], { nodes: [nap] })
    work({ blueprints: [blueprint], registry })
    const refused = await pass(client().run(blueprint, 1, { runId: 'one', signal: AbortSignal.abort('no') }))
    expect([refused.status, calls]).toEqual(['cancelled', 0])
    const controller = new AbortController()
    const run = await client().start(blueprint, 1, { runId: 'two', signal: controller.signal })
    await settle()
    controller.abort('stop')
    expect(await pass(run.result())).toMatchObject({ status: 'cancelled', outputs: { a: 1 } })
  })

  it('ends with the deadline and the failure policy that it was started with', async () => {
    const { client, work, pass } = machines()
    const nap = { id: 'nap', uses: 'sleep', params: { durationMs: 60_000 } }
    const blueprint = graphOf([], { nodes: [nap] })
    work({ blueprints: [blueprint] })
    const result = await pass(client().run(blueprint, 1, { deadlineMs: 5000 }))
    expect(result).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }] })
  })
})

describe('the waits of a run in a store', () => {
  it('take an answer once, checked by the schema of their workflow', async () => {
    const { client, work } = machines()
    work({ workflows: [review] })
    await client().start(review, 'looms', { runId: 'r' })
    await settle()
    const run = client().open(review, 'r')
    await expect(run.resume('approval', 'maybe')).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await expect(run.resume('approval:approval', () => 1)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await run.resume('approval', 'no')
    await expect(run.resume('approval', 'yes')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })

  it('are not answered by who does not know their workflow, unless the runtime was given it', async () => {
    const { client, work, pass } = machines()
    work({ workflows: [review] })
    await client().start(review, 'looms', { runId: 'r' })
    await settle()
    await expect(client().open('r').resume('approval', 'yes')).rejects.toMatchObject({ code: 'UNKNOWN_BLUEPRINT' })
    const informed = client({ blueprints: { review } }).open('r')
    await expect(informed.resume('approval', 'maybe')).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await informed.resume('approval', 'yes')
    expect((await pass(informed.result())).output).toBe('draft of looms: yes')
  })

  it('of a child run are listed and answered through the parent', async () => {
    const parent = defineWorkflow('parent', { input: ofType<string>() })
      .subflow('inner', { workflow: review, input: ({ input }) => input })
      .build()
    const { client, work, pass } = machines()
    work({ workflows: [parent] })
    const run = await client().start(parent, 'looms', { runId: 'r' })
    await settle()
    const elsewhere = client().open(parent, 'r')
    expect([await elsewhere.status(), (await elsewhere.waits()).length]).toEqual(['awaiting', 1])
    await elsewhere.resume('approval', 'yes')
    expect((await pass(run.result())).output).toBe('draft of looms: yes')
  })
})

describe('following a run in a store', () => {
  const nap = { id: 'nap', uses: 'sleep', params: { durationMs: 3_600_000 } }
  const night = graphOf(['nap>a'], { nodes: [nap] })

  it('looks less and less often while nothing happens, and never more seldom than it was told', async () => {
    const { client, work, store, clock } = machines()
    work({ blueprints: [night], registry: { a: name } })
    const watched = counted(store)
    const run = await client({ store: watched.store, pollMs: 60_000 }).start(night, 1)
    const result = whileTimePasses(clock, run.result(), { stepMs: 1000, maxMs: 4_000_000 })
    expect((await result).status).toBe('completed')
    const looks = watched.calls.get('readRun') ?? 0
    expect(looks).toBeGreaterThan(60)
    expect(looks).toBeLessThan(100)
  })

  it('needs no time when the worker of this process tells of the run on the same event bus', async () => {
    const { client, work, clock } = machines()
    const eventBus = new EventBus(silentLogger)
    const blueprint = graphOf(['a>b', 'b>c'])
    work({ blueprints: [blueprint], registry: { a: name, b: name, c: name }, eventBus })
    const started = clock.now()
    const run = await client({ eventBus }).start(blueprint, 1)
    expect((await run.result()).status).toBe('completed')
    expect((await readAll(run.events())).at(-1)?.type).toBe('run.completed')
    expect(clock.now()).toBe(started)
    expect(eventBus.hasListeners()).toBe(false)
  })

  it('can be left in the middle', async () => {
    const { client, work } = machines()
    const eventBus = new EventBus(silentLogger)
    work({ blueprints: [night], registry: { a: name }, eventBus })
    const run = await client({ eventBus }).start(night, 1)
    const heard: string[] = []
    for await (const { type } of run.events()) {
      heard.push(type)
      if (type === 'timer.set') break
    }
    expect([heard[0], heard.at(-1)]).toEqual(['run.started', 'timer.set'])
    expect(eventBus.hasListeners()).toBe(false)
  })

  it('reads a journal of many entries in parts', async () => {
    const { client, work, pass } = machines()
    const blueprint = graphOf([], { nodes: [{ id: 'map', uses: 'map', params: { each: 'each' } }] })
    work({ blueprints: [blueprint], registry: { each: ({ item }: NodeContext) => item } })
    const items = Array.from({ length: 700 }, (_, at) => at)
    const run = await client().start(blueprint, items)
    expect((await pass(run.result())).output).toEqual(items)
    const seqs = (await readAll(run.events())).map(({ seq }) => seq)
    expect(seqs.length).toBeGreaterThan(2000)
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
  })

  it('ends with an error when the run is removed', async () => {
    const { client, store, pass } = machines()
    const run = await client().start(night, 1, { runId: 'r' })
    const result = pass(run.result())
    const { incarnation = '' } = (await store.readRun('r')) ?? {}
    await settle()
    await store.remove({ runId: 'r', incarnation })
    await expect(result).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  })
})

describe('a runtime with a store', () => {
  it('calls no handler', async () => {
    const { client, work, pass } = machines()
    const calls: string[] = []
    const blueprint = graphOf(['a>b'])
    const registryOf = (by: string): Registry => ({ a: () => calls.push(by), b: () => calls.push(by) })
    work({ blueprints: [blueprint], registry: registryOf('worker') })
    await pass(client({ registry: registryOf('client') }).run(blueprint, 1))
    expect(calls).toEqual(['worker', 'worker'])
  })

  it('checks the definition and the input before it starts anything, apart from handlers, which workers have', async () => {
    const { client, store } = machines()
    await expect(client().start(graphOf(['a>b?1 +']), 1, { runId: 'r' })).rejects.toMatchObject({
      code: 'INVALID_BLUEPRINT',
    })
    const checked = defineWorkflow('checked', { input: schemaOf((value) => value === 1) })
      .node('a', () => 1)
      .build()
    await expect(client().start(checked, 2, { runId: 'r' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(client().start(graphOf(['a>b']), 1, { runId: 'no/id' })).rejects.toMatchObject({ code: 'INVALID_ID' })
    await expect(client().start(graphOf(['a>b']), () => 1, { runId: 'r' })).rejects.toMatchObject({
      code: 'NOT_SERIALISABLE',
    })
    expect(await store.readRun('r')).toBeUndefined()
  })

  it('has to know the subflows of a hand-written workflow, which its runs are pinned to', async () => {
    const { client, work, pass } = machines()
    const inner = { ...graphOf(['a>b']), id: 'inner' }
    const call = { id: 'call', uses: 'subflow', params: { blueprintId: 'inner' } }
    const outer = { ...graphOf(['call>c'], { nodes: [call] }), id: 'outer' }
    work({ blueprints: [outer, inner], registry: { a: name, b: name, c: name } })
    await expect(client().start(outer, 1)).rejects.toMatchObject({ code: 'INVALID_BLUEPRINT' })
    const result = await pass(client({ blueprints: { inner } }).run(outer, 1))
    expect(result.outputs).toEqual({ call: 'b', c: 'c' })
  })

  it('refuses what only a run in this process can do', async () => {
    const { client, store, queue } = machines()
    const blueprint = graphOf(['a>b'])
    await expect(client().run(blueprint, 1, { concurrency: 2 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'concurrency' },
    })
    await expect(client().start(blueprint, 1, { snapshot: '{}' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'snapshot' },
    })
    const run = await client().start(blueprint, 1, { runId: 'r' })
    await expect(run.snapshot()).rejects.toMatchObject({ code: 'INVALID_STATE', details: { runId: 'r' } })
    expect(() => new FlowRuntime({ store })).toThrow('needs a queue too')
    expect(() => new FlowRuntime({ queue })).toThrow('needs a store too')
    expect(() => client({ pollMs: 0 })).toThrow('pollMs must be')
  })

  it('has started a run even if the queue fails: a sweeper finds it', async () => {
    const { client, work, pass, queue } = machines()
    const blueprint = graphOf(['a>b'])
    const broken = { ...queue, enqueue: () => Promise.reject(new TypeError('the queue is away')) }
    const warnings: string[] = []
    const warn = (_details: string | object, message = ''): void => void warnings.push(message)
    const logger = { ...silentLogger, warn }
    const run = await client({ queue: broken, logger }).start(blueprint, 1)
    work({ blueprints: [blueprint], registry: { a: name, b: name } })
    expect((await pass(run.result())).output).toBe('b')
    expect(warnings).toEqual(['workers could not be woken; a sweeper finds the runs'])
  })

  it('tells the types of a workflow: outputs in events, payloads of waits', async () => {
    const { client, work, pass } = machines()
    work({ workflows: [review] })
    const run = await client().start(review, 'looms', { runId: 'r' })
    const lengths: number[] = []
    const heard = pass(
      (async () => {
        for await (const event of client().open(review, 'r').events()) {
          if (event.type === 'node.completed' && event.nodeId === 'draft') lengths.push(event.output.length)
        }
      })(),
    )
    await settle()
    await run.resume('approval', 'yes')
    await heard
    expect(lengths).toEqual(['draft of looms'.length])
  })
})

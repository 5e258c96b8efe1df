import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { SlowJournals } from '../../test/slow-journals.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { EventBus } from '../defaults/event-bus.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const stepMs = 1

interface Setup {
  readonly clock: VirtualClock
  readonly store: SlowJournals
  readonly runtime: FlowRuntime
  /** What happened before it was written. */
  readonly tooEarly: string[]
  readonly called: string[]
}

/** A runtime over a slow journal; whatever happens is compared with what was written by then. */
function setUp(
  options: Partial<ConstructorParameters<typeof SlowJournals>[0]> & { children?: WorkflowBlueprint[] } = {},
): Setup {
  const clock = options.clock instanceof VirtualClock ? options.clock : new VirtualClock()
  const store = new SlowJournals({ ...options, clock })
  const tooEarly: string[] = []
  const called: string[] = []
  const eventBus = new EventBus(silentLogger)
  eventBus.on('*', ({ runId, seq, type }) => {
    if (store.written(runId).length < seq) tooEarly.push(`told ${type} ${seq}`)
  })
  const begin = ({ nodeId, runId }: NodeContext): void => {
    called.push(nodeId)
    if (!store.has(runId, 'node.started', nodeId)) tooEarly.push(`called ${nodeId}`)
  }
  const registry = {
    work: (ctx: NodeContext) => {
      begin(ctx)
      return ctx.nodeId
    },
    slowly: async (ctx: NodeContext) => {
      begin(ctx)
      await new Promise<void>((resolve) => {
        clock.schedule(3, resolve)
      })
      return ctx.nodeId
    },
    steps: async (ctx: NodeContext) => {
      begin(ctx)
      const came = await ctx.step('once', () => 'done')
      if (!store.has(ctx.runId, 'step.recorded', ctx.nodeId)) tooEarly.push('the step resolved')
      return came
    },
    // Fails while what follows from the first group after it was called is being written.
    failsLater: async (ctx: NodeContext) => {
      begin(ctx)
      await new Promise<void>((resolve) => {
        clock.schedule(5, resolve)
      })
      throw new Error('no')
    },
  }
  const blueprints = Object.fromEntries((options.children ?? []).map((child) => [child.id, child]))
  const runtime = new FlowRuntime({ registry, blueprints, store, clock, eventBus })
  return { clock, store, runtime, tooEarly, called }
}

const node = (id: string, uses = 'work') => ({ id, uses })
const diamond = graphOf(['a>b', 'a>c', 'b>d', 'c>d'], {
  nodes: [node('a'), node('b', 'slowly'), node('c', 'steps'), node('d')],
})
const many = Array.from({ length: 50 }, (_, at) => `n${at}`)

describe('a run whose journal takes its time to write', () => {
  it('attempts nothing, resolves no step and tells nobody before that was written', async () => {
    const { clock, runtime, tooEarly, called } = setUp()
    const { status } = await whileTimePasses(clock, runtime.run(diamond, 1, { runId: 'r' }), { stepMs })
    expect([status, called, tooEarly]).toEqual(['completed', ['a', 'b', 'c', 'd'], []])
  })

  it('writes as one group what was decided while the group before was written', async () => {
    const { clock, store, runtime, tooEarly } = setUp()
    const fan = graphOf([], { nodes: many.map((id) => node(id)) })
    const { status } = await whileTimePasses(clock, runtime.run(fan, 1, { runId: 'r' }), { stepMs })
    expect([status, tooEarly]).toEqual(['completed', []])
    expect(store.groups).toBeLessThan(8)
  })

  it('answers start, waits, resume, status and cancel when what they tell was written', async () => {
    const { clock, store, runtime, tooEarly } = setUp()
    const blueprint = graphOf(['ask>next'], {
      nodes: [node('ask', 'wait'), node('next', 'slowly'), node('other', 'wait')],
    })
    const run = await whileTimePasses(clock, runtime.start(blueprint, 1, { runId: 'r' }), { stepMs })
    expect(store.has('r', 'run.started')).toBe(true)
    expect(await whileTimePasses(clock, run.waits(), { stepMs })).toHaveLength(2)
    expect(store.has('r', 'wait.opened', 'other')).toBe(true)
    await whileTimePasses(clock, run.resume('ask', 'yes'), { stepMs })
    expect(store.has('r', 'wait.answered', 'ask')).toBe(true)
    await whileTimePasses(clock, run.cancel('enough'), { stepMs })
    expect(store.has('r', 'run.cancelled')).toBe(true)
    expect([await run.status(), tooEarly]).toEqual(['cancelled', []])
  })

  it('calls no handler that was cut off before it was written that it would be called', async () => {
    const { clock, runtime, called, tooEarly } = setUp()
    // While "b" is about to be attempted, "fails" ends the run.
    const blueprint = graphOf(['slow>b'], { nodes: [node('slow'), node('b'), node('fails', 'failsLater')] })
    const { status } = await whileTimePasses(clock, runtime.run(blueprint, 1, { runId: 'r' }), { stepMs })
    expect([status, called, tooEarly]).toEqual(['failed', ['slow', 'fails'], []])
  })

  it('comes to rest, and is resumed from there', async () => {
    const { clock, runtime, store } = setUp()
    const blueprint = graphOf(['ask>next'], { nodes: [node('ask', 'wait'), node('next')] })
    const rest = await whileTimePasses(clock, runtime.run(blueprint, 1, { runId: 'r' }), { stepMs })
    expect([rest.status, store.has('r', 'run.awaiting')]).toEqual(['awaiting', true])
    const run = runtime.open('r')
    const [, result] = await whileTimePasses(clock, Promise.all([run.resume('ask', 1), run.result()]), { stepMs })
    expect(result.status).toBe('completed')
  })

  it('begins a child run when its start was written, and goes on with its end when that was', async () => {
    const child = { ...graphOf(['x>y'], { nodes: [node('x'), node('y')] }), id: 'child' }
    const { clock, runtime, store, tooEarly } = setUp({ children: [child] })
    const sub = { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } }
    const blueprint = graphOf(['sub>after'], { nodes: [sub, node('after')] })
    const created = store.create.bind(store)
    store.create = (runId) => {
      if (runId !== 'r' && !store.has('r', 'child.started', 'sub')) tooEarly.push('the child was begun')
      return created(runId)
    }
    runtime.eventBus.on('child.settled', ({ runId }) => {
      const ended = [...store.journals.keys()].find((id) => id !== runId)
      if (!store.has(ended ?? '', 'run.completed')) tooEarly.push('the parent went on')
    })
    const { status } = await whileTimePasses(clock, runtime.run(blueprint, 1, { runId: 'r' }), { stepMs })
    expect([status, tooEarly]).toEqual(['completed', []])
  })

  it('ends as undisturbed when it is opened again after any group that could not be written', async () => {
    const first = setUp()
    await whileTimePasses(first.clock, first.runtime.run(diamond, 1, { runId: 'r' }), { stepMs })
    expect(first.store.groups).toBeGreaterThan(4)
    for (let failsAt = 1; failsAt <= first.store.groups; failsAt++) {
      const { clock, runtime, store, tooEarly } = setUp({ failsAt })
      const failing = whileTimePasses(clock, runtime.run(diamond, 1, { runId: 'r' }), { stepMs })
      await expect(failing, `group ${failsAt}`).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true })
      const later = setUp({ clock, journals: store.journals })
      const result = await whileTimePasses(clock, later.runtime.run(diamond, 1, { runId: 'r' }), { stepMs })
      expect([result.status, { ...result.outputs }]).toEqual(['completed', { a: 'a', b: 'b', c: 'done', d: 'd' }])
      expect([...tooEarly, ...later.tooEarly]).toEqual([])
    }
  })

  it('keeps an end that was decided when its runtime was closed', async () => {
    const { clock, runtime, store } = setUp()
    const run = await whileTimePasses(
      clock,
      runtime.start(graphOf([], { nodes: [node('ask', 'wait')] }), 1, { runId: 'r' }),
      { stepMs },
    )
    await whileTimePasses(clock, run.waits(), { stepMs })
    void run.cancel()
    await settle()
    expect(store.has('r', 'run.cancelled')).toBe(false)
    await whileTimePasses(clock, runtime.close(), { stepMs })
    expect(store.has('r', 'run.cancelled')).toBe(true)
  })
})

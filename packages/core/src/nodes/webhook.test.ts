import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { createWorker } from '../runtime/create-worker.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import type { FlowRuntimeOptions } from '../runtime/options.ts'

const payment: WorkflowBlueprint = {
  id: 'payment',
  nodes: [{ id: 'pay', uses: 'webhook', params: { announce: 'announce', timeoutMs: 60_000, timeoutAction: 'late' } }],
  edges: [],
}

const order: WorkflowBlueprint = {
  id: 'order',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'payment' } }],
  edges: [],
}

/** Goes on waiting when its webhook was answered. */
const patient: WorkflowBlueprint = { ...payment, id: 'patient', nodes: [...payment.nodes, { id: 'w', uses: 'wait' }] }

/** Announces once more if the first time fails. */
const persistent: WorkflowBlueprint = {
  ...payment,
  id: 'persistent',
  nodes: payment.nodes.map((node) => ({ ...node, config: { retry: { maxAttempts: 2 } } })),
}

/** What the webhooks of a process have announced. */
class Post {
  readonly tokens: string[] = []
  /** How many announcements fail before one succeeds. */
  failures = 0

  readonly registry = {
    announce: ({ token }: { readonly token: string }): void => {
      this.tokens.push(token)
      if (this.failures-- > 0) throw new Error('the post is on strike')
    },
  }

  get last(): string {
    return this.tokens.at(-1) ?? ''
  }
}

const yesOrNo: StandardSchema<boolean> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'boolean' ? { value } : { issues: [{ message: 'yes or no' }] }),
  },
}

interface Scene {
  readonly post: Post
  readonly clock: VirtualClock
  readonly start: (blueprint: WorkflowBlueprint) => Promise<RunHandle>
  /** The run in another process. */
  readonly reopen: (blueprint: WorkflowBlueprint) => Promise<RunHandle>
  readonly close: () => Promise<void>
}

type Place = readonly [name: string, open: () => Scene]

const blueprints = { payment, order, patient, persistent }

const inProcess = (
  options: (clock: VirtualClock) => FlowRuntimeOptions,
  close = async (): Promise<void> => {},
): Scene => {
  const post = new Post()
  const clock = new VirtualClock()
  const runtimeOf = (): FlowRuntime =>
    new FlowRuntime({ registry: post.registry, blueprints, clock, ...options(clock) })
  let runtime = runtimeOf()
  return {
    post,
    clock,
    start: (blueprint) => runtime.start(blueprint, undefined, { runId: 'r' }),
    reopen: async (blueprint) => {
      await runtime.close()
      runtime = runtimeOf()
      return runtime.open(blueprint, 'r')
    },
    close,
  }
}

const snapshots = (): Scene => {
  const scene = inProcess(() => ({}))
  const { post, clock } = scene
  let run: RunHandle | undefined
  return {
    ...scene,
    start: async (blueprint) => (run = await scene.start(blueprint)),
    reopen: async (blueprint) => {
      const snapshot = (await run?.snapshot()) ?? ''
      return new FlowRuntime({ registry: post.registry, blueprints, clock }).start(blueprint, undefined, { snapshot })
    },
  }
}

const journalled = (): Scene => {
  const journals: MemoryJournals = new Map()
  return inProcess(() => ({ store: memoryJournalStore({ journals }) }))
}

const distributed = (): Scene => {
  const closing: (() => Promise<void>)[] = []
  let ports: Pick<FlowRuntimeOptions, 'store' | 'queue'> | undefined
  const scene: Scene = inProcess(
    (clock) => {
      if (ports !== undefined) return ports
      const [store, queue] = [memoryCoordinationStore({ clock }), memoryJobQueue({ clock })]
      ports = { store, queue }
      queueMicrotask(() => {
        const { registry } = scene.post
        const worker = createWorker({ store, queue, clock, registry, blueprints: Object.values(blueprints) })
        closing.push(() => worker.close())
      })
      return ports
    },
    async () => {
      await Promise.all(closing.map((close) => close()))
    },
  )
  return scene
}

const places: readonly Place[] = [
  ['restored from a snapshot', snapshots],
  ['with a journal', journalled],
  ['in a store', distributed],
]

describe.each(places)('a webhook of a run %s', (_, open) => {
  const begin = async (blueprint = payment, failures = 0): Promise<Scene & { run: RunHandle }> => {
    const scene = open()
    scene.post.failures = failures
    const run = await scene.start(blueprint)
    await settle()
    return { ...scene, run }
  }

  it('is answered by the token that was announced, once', async () => {
    const { run, post, close } = await begin()
    expect(post.last).toMatch(/^[\da-f]{64}$/u)
    await run.resumeByToken(post.last, { euros: 5 })
    await settle()
    expect(await run.status()).toBe('completed')
    expect((await run.result()).output).toEqual({ euros: 5 })
    await expect(run.resumeByToken(post.last)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await close()
  })

  it('refuses a token that it did not announce, and stays open', async () => {
    const { run, post, close } = await begin()
    const forged = post.last.replace(/.$/u, (digit) => (digit === '0' ? '1' : '0'))
    for (const token of [forged, '', 'x', (await run.waits())[0]?.waitId ?? '']) {
      await expect(run.resumeByToken(token)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
    }
    await expect(run.resumeByToken(forged)).rejects.not.toHaveProperty('message', expect.stringContaining(forged))
    expect(await run.status()).toBe('awaiting')
    await close()
  })

  it('is answered in another process, which knows no more than the hash', async () => {
    const { post, reopen, close } = await begin()
    const run = await reopen(payment)
    await settle()
    expect(post.tokens).toHaveLength(1)
    await run.resumeByToken(post.last, 'paid')
    await settle()
    expect((await run.result()).output).toBe('paid')
    await close()
  })

  it('knows in another process that its token was used', async () => {
    const { run, post, reopen, close } = await begin(patient)
    await run.resumeByToken(post.last, 'paid')
    await settle()
    const again = await reopen(patient)
    await settle()
    await expect(again.resumeByToken(post.last)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await close()
  })

  it('expires', async () => {
    const { run, post, clock, close } = await begin()
    clock.advance(60_000)
    await settle()
    clock.advance(1000)
    await settle()
    expect(await run.status()).toBe('completed')
    await expect(run.resumeByToken(post.last)).rejects.toMatchObject({ code: 'WAIT_EXPIRED' })
    await close()
  })

  it('has another token if its announcement is attempted again, and the one before is void', async () => {
    const { run, post, close } = await begin(persistent, 1)
    const [former = '', current = ''] = post.tokens
    expect(post.tokens).toHaveLength(2)
    expect(former).not.toBe(current)
    await expect(run.resumeByToken(former)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
    await run.resumeByToken(current)
    await close()
  })

  it('of a child run is answered through the parent', async () => {
    const { run, post, close } = await begin(order)
    await run.resumeByToken(post.last, 'paid')
    await settle()
    expect((await run.result()).output).toBe('paid')
    await expect(run.resumeByToken(post.last)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await close()
  })

  it('keeps no token in what is told and stored of the run', async () => {
    const { run, post, close } = await begin()
    const told = JSON.stringify([await run.journal(), await run.waits(), await run.explain()])
    expect(told).toContain('~')
    expect(told).not.toContain(post.last)
    await close()
  })
})

describe('the token of a webhook', () => {
  it('is not in the snapshot of its run', async () => {
    const { start, post } = snapshots()
    const run = await start(payment)
    await settle()
    expect(await run.snapshot()).not.toContain(post.last)
  })

  it('needs somebody who is told of it', async () => {
    const silent = { ...payment, nodes: [{ id: 'pay', uses: 'webhook' }] }
    await expect(new FlowRuntime().run(silent)).rejects.toMatchObject({ code: 'INVALID_BLUEPRINT' })
  })
})

describe('a webhook of the builder', () => {
  const approval = defineWorkflow('approval', { input: ofType<string>() })
  const tokens: string[] = []
  const flow = approval
    .webhook('approved', { schema: yesOrNo, announce: ({ token, input }) => tokens.push(`${input} ${token}`) })
    .node('tell', { after: 'approved' }, ({ deps }) => (deps.approved ? 'yes' : 'no'))
    .build()

  it('hands out its token, checks the payload and gives it to the nodes after it', async () => {
    const runtime = new FlowRuntime()
    await runtime.run(flow, 'please', { runId: 'r' })
    const run = runtime.open('r')
    const [word, token = ''] = tokens.at(-1)?.split(' ') ?? []
    expect(word).toBe('please')
    await expect(run.resumeByToken(token, 'perhaps')).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await run.resumeByToken(token, true)
    expect(await run.result()).toMatchObject({ status: 'completed', output: 'yes' })
  })

  it('can be answered under its id', async () => {
    const run = await new FlowRuntime().start(flow, 'please')
    await settle()
    await run.resume('approved', false)
    expect((await run.result()).output).toBe('no')
  })
})

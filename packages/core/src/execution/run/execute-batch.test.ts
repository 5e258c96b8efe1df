import { describe, expect, it } from 'vitest'
import { eventLoopTurn } from '../../../test/drive.ts'
import { VirtualClock } from '../../../test/virtual-clock.ts'
import type { EdgeDefinition, NodeConfig, WorkflowBlueprint } from '../../model/blueprint.ts'
import type { FailurePolicy } from '../../model/policy.ts'
import type { NodeContext, Registry } from '../../ports/node-context.ts'
import { FlowRuntime } from '../../runtime/flow-runtime.ts'
import { executeBatch, type SettledNode } from './execute-batch.ts'
import { processResults } from './process-results.ts'

interface Plan {
  /** Nodes that are ready at once; each has the handler of its name. */
  readonly nodes: string
  readonly more?: readonly string[]
  readonly config?: Readonly<Record<string, NodeConfig>>
  readonly edges?: readonly EdgeDefinition[]
  readonly onFailure?: FailurePolicy
  readonly concurrency?: number
  readonly registry?: Registry
}

const setUp = ({ nodes, more = [], config = {}, edges = [], onFailure = 'stop', concurrency, registry }: Plan) => {
  const signals: AbortSignal[] = []
  const calls: string[] = []
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const handlers: Registry = {
    fail: () => {
      calls.push('fail')
      throw new Error('it broke')
    },
    hang: async ({ signal }: NodeContext) => {
      calls.push('hang')
      signals.push(signal)
      await held
      return 'late'
    },
    quick: () => {
      calls.push('quick')
      return 'done'
    },
    ...registry,
  }
  const blueprint: WorkflowBlueprint = {
    id: 'batch',
    nodes: [...nodes.split(' '), ...more].map((id) => {
      const { [id]: own } = config
      return { id, uses: id.split('-')[0] as string, ...(own === undefined ? {} : { config: own }) }
    }),
    edges,
  }
  const clock = new VirtualClock()
  const prepared = new FlowRuntime({ clock, registry: handlers }).prepare(blueprint, undefined, { onFailure })
  const { traverser, executorFactory, state, services, handle } = prepared
  const execute = () =>
    executeBatch(traverser.getReadyNodes(), blueprint, state, executorFactory, services, concurrency)
  const process = async (settled: SettledNode[]) => {
    await processResults(settled, traverser, state, services)
    return state.toResult(services.options.serializer)
  }
  return { execute, process, signals, calls, clock, handle, release: () => release() }
}

const namesOf = (settled: readonly SettledNode[]): string[] => settled.map(({ node }) => node.nodeId)

/** Whether a promise is still pending when everything that could happen has. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true
  void promise.finally(() => (pending = false))
  await eventLoopTurn()
  return pending
}

describe('a batch in which a node has failed for good', () => {
  it('is not held up by a node that hangs; processing the results ends the run and aborts that node', async () => {
    const { execute, process, signals } = setUp({ nodes: 'hang fail' })
    const settled = await execute()
    expect(namesOf(settled)).toEqual(['fail'])
    expect(signals[0]?.aborted).toBe(false)
    expect(await process(settled)).toMatchObject({ status: 'failed', cancelled: ['hang'] })
    expect(signals[0]?.aborted).toBe(true)
  })

  it('keeps what settled before, wherever the node stands', async () => {
    const { execute, process } = setUp({ nodes: 'fail quick hang', registry: { fail: laterFailure } })
    const settled = await execute()
    expect(namesOf(settled)).toEqual(['quick', 'fail'])
    expect((await process(settled)).outputs).toMatchObject({ quick: 'done' })
  })

  it('starts no more of its nodes', async () => {
    const { execute, process, calls } = setUp({ nodes: 'fail quick', concurrency: 1 })
    const settled = await execute()
    expect(calls).toEqual(['fail'])
    expect(await process(settled)).toMatchObject({ status: 'failed', skipped: ['quick'] })
  })

  it('waits for the last attempt of the node', async () => {
    const retry = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 50 } } as const
    const { execute, calls, clock } = setUp({ nodes: 'fail hang', config: { fail: { retry } } })
    const settled = execute()
    expect(await isPending(settled)).toBe(true)
    clock.advance(50)
    expect(namesOf(await settled)).toEqual(['fail'])
    expect(calls).toEqual(['fail', 'hang', 'fail'])
  })

  it.each<[string, Partial<Plan>]>([
    ['the run goes on', { onFailure: 'continue' }],
    ['an error edge takes it', { more: ['quick'], edges: [{ source: 'fail', target: 'quick', on: 'error' }] }],
    ['a fallback takes its place', { more: ['quick'], config: { fail: { fallback: 'quick' } } }],
  ])('waits for its other nodes where %s', async (_reason, plan) => {
    const { execute, process, release } = setUp({ nodes: 'fail hang', ...plan })
    const settled = execute()
    expect(await isPending(settled)).toBe(true)
    release()
    expect(namesOf(await settled)).toEqual(['fail', 'hang'])
    expect((await process(await settled)).outputs).toMatchObject({ hang: 'late' })
  })

  it('does not wait when the fallback fails that took the place of another', async () => {
    const { execute, process } = setUp({
      nodes: 'fail quick',
      more: ['fail-2', 'hang'],
      edges: [{ source: 'quick', target: 'hang' }],
      config: { fail: { fallback: 'fail-2' } },
    })
    expect((await process(await execute())).status).toBe('stalled')
    const settled = await execute()
    expect(namesOf(settled)).toEqual(['fail-2'])
    expect(await process(settled)).toMatchObject({ status: 'failed', cancelled: ['hang'] })
  })
})

describe('a batch whose run is cancelled meanwhile', () => {
  it('is not held up by a node that hangs', async () => {
    const { execute, process, handle } = setUp({ nodes: 'quick hang' })
    const settled = execute()
    expect(await isPending(settled)).toBe(true)
    await handle.cancel()
    expect(namesOf(await settled)).toEqual(['quick'])
    expect((await process(await settled)).status).toBe('cancelled')
  })
})

async function laterFailure(): Promise<never> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  throw new Error('it broke after a while')
}

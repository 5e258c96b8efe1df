import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { expand, route } from '../model/node-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'

const name = ({ nodeId }: NodeContext): string => nodeId

/** Two runtimes that share nothing but a clock: a run goes from the first to the second as text. */
function twoProcesses(registry: Registry, blueprints: Readonly<Record<string, WorkflowBlueprint>> = {}) {
  const clock = new VirtualClock()
  const first = new FlowRuntime({ registry, blueprints, clock })
  const second = new FlowRuntime({ registry, blueprints, clock })
  return { clock, first, second }
}

describe('a run that goes on in another process', () => {
  it('sleeps for what is left of its sleep', async () => {
    const { clock, first, second } = twoProcesses({ after: name })
    const blueprint = graphOf(['nap>after'], { nodes: [{ id: 'nap', uses: 'sleep', params: { durationMs: 1000 } }] })
    const run = await first.start(blueprint)
    await settle()
    clock.advance(400)
    const resumed = await second.start(blueprint, undefined, { snapshot: await run.snapshot() })
    await settle()
    clock.advance(599)
    await settle()
    expect(await resumed.status()).toBe('running')
    clock.advance(1)
    await expect(resumed.result()).resolves.toMatchObject({ status: 'completed', output: 'after' })
  })

  it('keeps the number of the attempt and the delay of a retry', async () => {
    const attempts: number[] = []
    const flaky = ({ attempt }: NodeContext): string => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
      return 'done'
    }
    const { clock, first, second } = twoProcesses({ flaky })
    const retry = { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 50 } } as const
    const blueprint = graphOf([], { nodes: [{ id: 'flaky', uses: 'flaky', config: { retry } }] })
    const run = await first.start(blueprint)
    await settle()
    const resumed = await second.start(blueprint, undefined, { snapshot: await run.snapshot() })
    await run.cancel()
    clock.advance(50)
    await settle()
    clock.advance(50)
    await expect(resumed.result()).resolves.toMatchObject({ status: 'completed', output: 'done' })
    expect(attempts).toEqual([1, 2, 3])
  })

  it('lets a wait expire at the time that was set when it opened', async () => {
    const { clock, first, second } = twoProcesses({ late: name, yes: name })
    const wait = { id: 'ask', uses: 'wait', params: { timeoutMs: 100, timeoutAction: 'late' } }
    const blueprint = graphOf(['ask>late:late', 'ask>yes:yes'], { nodes: [wait] })
    const run = await first.start(blueprint)
    await settle()
    clock.advance(90)
    const resumed = await second.start(blueprint, undefined, { snapshot: await run.snapshot() })
    await settle()
    clock.advance(10)
    await expect(resumed.result()).resolves.toMatchObject({
      status: 'completed',
      outputs: { late: 'late' },
      skipped: ['yes'],
    })
  })

  it('takes a child run along that waits inside a child run', async () => {
    const inner = { ...graphOf(['ask>told'], { nodes: [{ id: 'ask', uses: 'wait' }] }), id: 'inner' }
    const outer = {
      ...graphOf([], { nodes: [{ id: 'in', uses: 'subflow', params: { blueprintId: 'inner' } }] }),
      id: 'outer',
    }
    const told = ({ input }: NodeContext): string => `told ${String(input)}`
    const { first, second } = twoProcesses({ told }, { inner, outer })
    const blueprint = graphOf([], { nodes: [{ id: 'out', uses: 'subflow', params: { blueprintId: 'outer' } }] })
    const run = await first.start(blueprint)
    await settle()
    const resumed = await second.start(blueprint, undefined, { snapshot: await run.snapshot() })
    await settle()
    await resumed.resume('ask', 'yes')
    await expect(resumed.result()).resolves.toMatchObject({ status: 'completed', output: 'told yes' })
  })

  it('goes on with a half-finished map, an expansion and a loop beside a wait', async () => {
    const calls: string[] = []
    const registry: Registry = {
      each: ({ item, nodeId }: NodeContext) => {
        calls.push(`${nodeId} ${String(item)}`)
        return (item as number) * 2
      },
      grow: ({ nodeId }: NodeContext) =>
        expand(
          {
            nodes: [{ id: 'extra', uses: 'wait' }],
            edges: [
              { source: nodeId, target: 'extra' },
              { source: 'extra', target: 'end' },
            ],
          },
          'grown',
        ),
      step: ({ iteration }: NodeContext) => route((iteration[0] as number) < 2 ? 'again' : 'out', iteration[0]),
      pause: name,
      end: ({ deps }: NodeContext) => deps,
    }
    const { first, second } = twoProcesses(registry)
    const blueprint = graphOf(['map>end', 'grow>end', 'step>step:again', 'step>hold:out', 'hold>end'], {
      nodes: [
        { id: 'map', uses: 'map', params: { each: 'each', concurrency: 2 } },
        { id: 'hold', uses: 'wait' },
      ],
      start: ['map', 'grow', 'step'],
    })
    const run = await first.start(blueprint, [1, 2, 3])
    await settle()
    const resumed = await second.start(blueprint, undefined, { snapshot: await run.snapshot() })
    await resumed.resume('hold', 'held')
    await resumed.resume('extra', 'waited')
    const result = await resumed.result()
    expect(result.output).toEqual({ map: [2, 4, 6], grow: 'grown', hold: 'held', extra: 'waited' })
    expect(result.outputs['step']).toBe(2)
    expect(calls).toHaveLength(3)
  })

  it('makes the attempts again that were under way, items of a map and a fallback among them', async () => {
    const calls: string[] = []
    let isSlow = true
    const slow = async ({ nodeId, item, input }: NodeContext): Promise<unknown> => {
      calls.push(`${nodeId} ${String(item)}`)
      if (isSlow) await new Promise(() => {})
      return item ?? input
    }
    const registry: Registry = {
      slow,
      broken: () => Promise.reject(new Error('broken')),
      end: ({ deps }: NodeContext) => deps,
    }
    const { first, second } = twoProcesses(registry)
    const blueprint = graphOf(['map>end', 'task>end', 'broken>end'], {
      nodes: [
        { id: 'map', uses: 'map', params: { each: 'slow', concurrency: 2 } },
        { id: 'task', uses: 'slow' },
        { id: 'rescue', uses: 'slow' },
      ],
      config: { broken: { fallback: 'rescue' } },
    })
    const run = await first.start(blueprint, [1, 2, 3])
    await settle()
    const snapshot = await run.snapshot()
    isSlow = false
    const result = await (await second.start(blueprint, undefined, { snapshot })).result()
    expect(result).toMatchObject({ status: 'completed' })
    expect(result.output).toEqual({ map: [1, 2, 3], task: [1, 2, 3], broken: [1, 2, 3] })
    expect(calls).toHaveLength(9)
  })

  it('has its outputs when it had ended before', async () => {
    const { first, second } = twoProcesses({ a: name, b: name })
    const run = await first.start(graphOf(['a>b']))
    await run.result()
    const again = await second.run(graphOf(['a>b']), undefined, { snapshot: await run.snapshot() })
    expect(again).toMatchObject({ status: 'completed', outputs: { a: 'a', b: 'b' }, output: 'b' })
  })

  it('has a journal that goes on where the first process left it', async () => {
    const { first, second } = twoProcesses({ a: name, b: name })
    const blueprint = graphOf(['a>hold', 'hold>b'], { nodes: [{ id: 'hold', uses: 'wait' }] })
    const run = await first.start(blueprint, undefined, { journal: true })
    await settle()
    const resumed = await second.start(blueprint, undefined, { snapshot: await run.snapshot(), journal: true })
    await resumed.resume('hold')
    await resumed.result()
    const seqs = [...(await run.journal()), ...(await resumed.journal())].map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
  })
})

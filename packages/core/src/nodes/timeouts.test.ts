import { describe, expect, it } from 'vitest'
import { bothWays, passTime, runBy } from '../../test/drive.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import type { NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { Registry } from '../ports/node-context.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'

const timeoutMs = 100

const blueprintOf = (id: string, node: Omit<NodeDefinition, 'id'>): WorkflowBlueprint => ({
  id,
  nodes: [{ id: 'node', ...node }],
  edges: [],
})

/** A child workflow that takes ten times as long as a node of its parent may work. */
const child: WorkflowBlueprint = blueprintOf('child', { uses: 'sleep', params: { durationMs: 10 * timeoutMs } })

const hanging = (): Promise<never> => new Promise(() => {})

describe.each(bothWays)('timeoutMs of a built-in node, %s', (_way, orchestrator) => {
  /** Runs one node with that timeout; answers the result after as much time has passed, in steps. */
  const runNode = async (
    node: Omit<NodeDefinition, 'id'>,
    registry: Registry | ((clock: VirtualClock) => Registry),
    passedMs: number,
  ): Promise<WorkflowResult> => {
    const clock = new VirtualClock()
    const result = runBy(orchestrator(), blueprintOf('parent', { ...node, config: { timeoutMs, ...node.config } }), {
      clock,
      input: 'in',
      registry: typeof registry === 'function' ? registry(clock) : registry,
      blueprints: { child },
    })
    for (let passed = 0; passed < passedMs; passed += timeoutMs / 2) await passTime(clock, timeoutMs / 2)
    return result
  }

  it.each([
    ['over of a map', { uses: 'map', params: { over: 'hanging', each: 'ok' } }, timeoutMs],
    ['each of a map', { uses: 'map', params: { over: 'two', each: 'hanging' } }, timeoutMs],
    ['until of a sleep', { uses: 'sleep', params: { until: 'hanging' } }, timeoutMs],
    ['when of a wait', { uses: 'wait', params: { $when: 'hanging' } }, timeoutMs],
    ['input of a subflow', { uses: 'subflow', params: { blueprintId: 'child', input: 'hanging' } }, timeoutMs],
    ['output of a subflow', { uses: 'subflow', params: { blueprintId: 'child', output: 'hanging' } }, 13 * timeoutMs],
    ['again of a subflow', { uses: 'subflow', params: { blueprintId: 'child', again: 'hanging' } }, 13 * timeoutMs],
  ])('ends an attempt in which %s hangs', async (_name, node, passedMs) => {
    const registry = { hanging, two: () => [1, 2], ok: () => 1 }
    const { status, errors } = await runNode(node, registry, passedMs)
    const reason = errors[0]?.code === 'MAP_FAILED' ? errors[0].cause : errors[0]
    expect(status).toBe('failed')
    expect(reason).toMatchObject({ code: 'NODE_TIMEOUT', details: { nodeId: 'node', timeoutMs } })
  })

  it.each([
    ['a sleep', { uses: 'sleep', params: { durationMs: 10 * timeoutMs } }, 'in'],
    ['a child run', { uses: 'subflow', params: { blueprintId: 'child', output: 'ok', input: 'ok' } }, 1],
  ])('does not count the time of %s', async (_name, node, output) => {
    const { status, output: given } = await runNode(node, { ok: () => 1 }, 11 * timeoutMs)
    expect(status).toBe('completed')
    expect(given).toEqual(output)
  })

  it('does not count the time until a wait is answered', async () => {
    const clock = new VirtualClock()
    const blueprint = blueprintOf('parent', { uses: 'wait', config: { timeoutMs } })
    const prepared = new FlowRuntime({ clock }).prepare(blueprint)
    const { traverser, executorFactory, state, services, handle } = prepared
    const driver = orchestrator()
    const rest = () => driver.run(traverser, executorFactory, state, services)
    expect((await rest()).status).toBe('awaiting')
    for (let step = 0; step < 5; step++) await passTime(clock, timeoutMs)
    await handle.resume('node', 'yes')
    expect(await rest()).toMatchObject({ status: 'completed', output: 'yes' })
  })

  it('bounds each item of a map, and not all of them together', async () => {
    const registry = (clock: VirtualClock): Registry => ({
      five: () => [1, 2, 3, 4, 5],
      slow: () =>
        new Promise((resolve) => {
          clock.schedule(timeoutMs / 2, () => resolve('slow'))
        }),
    })
    const node = { uses: 'map', params: { over: 'five', each: 'slow', concurrency: 1 } }
    const { status, output } = await runNode(node, registry, 4 * timeoutMs)
    expect(status).toBe('completed')
    expect(output).toEqual(Array.from({ length: 5 }, () => 'slow'))
  })

  it('ends an attempt that a retry makes again', async () => {
    let calls = 0
    const registry = { flaky: () => (++calls === 1 ? hanging() : [1, 2]), ok: () => 1 }
    const node = { uses: 'map', params: { over: 'flaky', each: 'ok' }, config: { retry: { maxAttempts: 2 } } }
    const { output } = await runNode(node, registry, 2 * timeoutMs)
    expect({ calls, output }).toEqual({ calls: 2, output: [1, 1] })
  })
})

describe.each(bothWays)('an error that says when to try again, %s', (_way, orchestrator) => {
  it.each([
    [Infinity, 40],
    [-5, 40],
    [70, 70],
  ])('with %d is followed by the next attempt after %d ms', async (retryAfterMs, delayMs) => {
    const clock = new VirtualClock()
    const at: number[] = []
    const fail = () => {
      at.push(clock.now())
      throw Object.assign(new Error('not now'), { retryAfterMs })
    }
    const retry = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 40 } } as const
    const result = runBy(orchestrator(), blueprintOf('retried', { uses: 'fail', config: { retry } }), {
      clock,
      registry: { fail },
    })
    for (let passed = 0; passed < 100; passed += 5) await passTime(clock, 5)
    expect((await result).status).toBe('failed')
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, delayMs])
  })
})

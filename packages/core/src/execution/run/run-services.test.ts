import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../test/virtual-clock.ts'
import { whileTimePasses } from '../../../test/while-time-passes.ts'
import type { NodeConfig } from '../../model/blueprint.ts'
import type { NodeContext } from '../../ports/node-context.ts'
import type { Handler } from '../../ports/registry.ts'
import { FlowRuntime } from '../../runtime/flow-runtime.ts'

const retry: NodeConfig = { retry: { maxAttempts: 2 }, timeoutMs: 1000 }

/** Executes a node by itself, as a program does that drives its run node by node. */
async function execute(work: Handler): Promise<{ readonly execution: unknown; readonly shared: unknown }> {
  const clock = new VirtualClock()
  const runtime = new FlowRuntime({ clock, registry: { work } })
  const blueprint = { id: 'single', nodes: [{ id: 'work', uses: 'work', config: retry }], edges: [] }
  const { state, services } = runtime.prepare(blueprint)
  const executor = services.executorFactory(blueprint)('work')
  const execution = await whileTimePasses(clock, executor.execute(undefined))
  return { execution, shared: state.shared.toRecord() }
}

describe('a node that is executed by itself', () => {
  it('is attempted with a fresh signal after a timeout', async () => {
    const signals: AbortSignal[] = []
    const { execution } = await execute(async ({ signal, attempt }: NodeContext) => {
      signals.push(signal)
      return attempt === 1 ? new Promise(() => {}) : signal.aborted
    })
    expect(execution).toEqual({ status: 'success', result: { output: false } })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it('commits nothing that a failed attempt wrote to shared values', async () => {
    const { execution, shared } = await execute(({ context, attempt }: NodeContext) => {
      context.set(`attempt ${attempt}`, true)
      if (attempt === 1) throw new Error('it broke')
    })
    expect(execution).toMatchObject({ status: 'success' })
    expect(shared).toEqual({ 'attempt 2': true })
  })

  it('may make durable calls in each attempt, and keeps what finished in an earlier one', async () => {
    const steps: number[] = []
    const { execution } = await execute(async ({ step, attempt }: NodeContext) => {
      const first = await step('first', () => steps.push(attempt))
      if (attempt === 1) throw new Error('it broke')
      return first + (await step('second', () => steps.push(attempt)))
    })
    expect(execution).toEqual({ status: 'success', result: { output: 3 } })
    expect(steps).toEqual([1, 2])
  })
})

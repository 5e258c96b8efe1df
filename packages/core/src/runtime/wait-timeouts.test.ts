import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { EventDrivenOrchestrator } from '../orchestrators/event-driven.ts'
import { FlowRuntime } from './flow-runtime.ts'

const ask = { id: 'ask', uses: 'wait', params: { timeoutMs: 1000, timeoutAction: 'late' } }
const blueprint = graphOf(['ask>late:late'], { nodes: [ask] })
const registry = { late: () => 'too late' }

describe('a wait with a timeout', () => {
  it('is not waited out by run, which answers awaiting with the deadline', async () => {
    const clock = new VirtualClock()
    const runtime = new FlowRuntime({ registry, clock })
    const deadline = clock.now() + 1000
    const result = await runtime.run(blueprint, undefined, { runId: 'r' })
    expect(result).toMatchObject({ status: 'awaiting', waits: [{ waitId: 'ask:ask', deadline }] })
    const ended = runtime.open('r').result()
    clock.advance(1000)
    await expect(ended).resolves.toMatchObject({ status: 'completed', output: 'too late' })
  })

  it('is waited out by the result of a run that was started', async () => {
    const clock = new VirtualClock()
    const run = await new FlowRuntime({ registry, clock }).start(blueprint)
    let status = 'running'
    const ended = run.result().then((result) => {
      status = result.status
      return result
    })
    clock.advance(999)
    await settle()
    expect(status).toBe('running')
    clock.advance(1)
    await expect(ended).resolves.toMatchObject({ status: 'completed', output: 'too late' })
  })

  it('is waited for, and waited out, in the same way where the run is carried out by jobs', async () => {
    const clock = new VirtualClock()
    const { traverser, executorFactory, state, services, handle } = new FlowRuntime({ registry, clock }).prepare(
      blueprint,
    )
    const orchestrator = new EventDrivenOrchestrator({ clock })
    const deadline = clock.now() + 1000
    const resting = await orchestrator.run(traverser, executorFactory, state, services)
    expect(resting).toMatchObject({ status: 'awaiting', waits: [{ waitId: 'ask:ask', deadline }] })
    await expect(whileTimePasses(clock, handle.result())).resolves.toMatchObject({
      status: 'completed',
      output: 'too late',
    })
    expect(clock.now()).toBeGreaterThanOrEqual(deadline)
    const again = await orchestrator.run(traverser, executorFactory, state, services)
    expect(again).toMatchObject({ status: 'completed', output: 'too late', waits: [] })
  })
})

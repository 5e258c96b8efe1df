import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** What a cancelled visit waits for ends with it: its wait, its sleep, its child run, the delay before its next attempt. */
export const cancelledVisitsWaitForNothing: OrchestratorBehaviour = {
  name: 'what a cancelled visit waits for ends with it: its wait, its sleep, its child run, the delay before its next attempt',
  run: async ({ prepare, expect, sleep, clock }) => {
    const child = flow({ inside: { uses: 'wait' } }, [], { id: 'child' })
    const retry = { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 60_000 } } as const
    const cancels = ['ask', 'nap', 'sub', 'again']
    const blueprint = flow({
      ask: { uses: 'wait', params: { timeoutMs: 90_000 } },
      nap: { uses: 'sleep', params: { durationMs: 60_000 } },
      sub: { uses: 'subflow', params: { blueprintId: 'child' } },
      again: { config: { retry } },
      cut: { config: { cancels } },
    })
    const registry = {
      again: ({ attempt }: NodeContext) => {
        throw new Error(`attempt ${attempt}`)
      },
      cut: () => sleep(30),
    }
    const before = clock.now()
    const run = prepare(blueprint, { blueprints: { child }, registry })
    const result = await run.drive()
    expect(result).toMatchObject({ status: 'completed', errors: [], waits: [] })
    expect(result.cancelled.toSorted()).toEqual(cancels.toSorted())
    expect(clock.now() - before < 60_000).toBe(true)
    expect(run.calls.filter((call) => call === 'again')).toEqual(['again'])
    expect(await rejection(run.prepared.handle.resume('ask', 1))).toMatchObject({ code: 'WAIT_NOT_OPEN' })
    expect(run.events.filter(({ type }) => type === 'wait.cancelled')).toMatchObject([{ name: 'ask', nodeId: 'ask' }])
    expect(run.events.filter(({ type }) => type === 'timer.cancelled')).toMatchObject([{ name: 'nap', nodeId: 'nap' }])
  },
}

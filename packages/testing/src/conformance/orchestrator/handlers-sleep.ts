import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A handler that sleeps goes on when its time has come; a sleep beside a step lets the step end first. */
export const handlersSleep: OrchestratorBehaviour = {
  name: 'a handler that sleeps goes on when its time has come; a sleep beside a step lets the step end first',
  run: async ({ run, expect, clock }) => {
    const began = clock.now()
    const registry = {
      a: async ({ step, sleep }: NodeContext) => {
        await sleep('first', '40ms')
        const [, told] = await Promise.all([sleep('second', 40), step('told', () => 'told')])
        await sleep('past', new Date(began))
        return told
      },
      b: ({ input }: NodeContext) => input,
    }
    const { result, events } = await run(flow(plain('a', 'b'), chain('a', 'b')), { registry })
    expect(result).toMatchObject({ status: 'completed', output: 'told' })
    expect(clock.now() - began >= 80).toBe(true)
    expect(events.filter(({ type }) => type === 'timer.fired').length).toBe(3)
    expect(events.filter(({ type }) => type === 'step.recorded').length).toBe(1)
  },
}

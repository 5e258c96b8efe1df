import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An event that a handler emits is told once for its visit, however often the handler runs. */
export const handlersEmitEvents: OrchestratorBehaviour = {
  name: 'an event that a handler emits is told once for its visit, however often the handler runs',
  run: async ({ run, expect }) => {
    const registry = {
      a: async ({ emit, sleep, attempt }: NodeContext) => {
        await emit('paid', { attempt })
        await sleep('nap', 10)
        if (attempt === 1) throw new Error('again')
      },
    }
    const { events } = await run(flow({ a: { config: { retry: { maxAttempts: 2 } } } }), { registry })
    expect(events.filter(({ type }) => type === 'event.emitted')).toMatchObject([
      { nodeId: 'a', event: 'paid', payload: { attempt: 1 } },
    ])
  },
}

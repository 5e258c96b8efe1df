import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A handler runs other workflows as child runs, several at once; their failures, and the end of its patience, can be caught. */
export const handlersInvokeWorkflows: OrchestratorBehaviour = {
  name: 'a handler runs other workflows as child runs, several at once; their failures, and the end of its patience, can be caught',
  run: async ({ prepare, expect, ms }) => {
    const blueprints = {
      child: flow({ x: {} }, [], { id: 'child' }),
      slow: flow({ y: { uses: 'sleep', params: { durationMs: ms(100) } } }, [], { id: 'slow' }),
      asking: flow({ ask: { uses: 'wait' } }, [], { id: 'asking' }),
    }
    const registry = {
      a: async ({ invoke }: NodeContext) => {
        const caught = (error: unknown): unknown => (error as { code?: unknown }).code
        return Promise.all([
          invoke('two', 'child', 2),
          invoke('bad', 'child', 'bad').catch(caught),
          invoke('slow', 'slow', 1, { timeout: 20 }).catch(caught),
          invoke('asking', 'asking'),
        ])
      },
      x: ({ input }: NodeContext) => {
        if (input === 'bad') throw new Error('bad input')
        return 2 * Number(input)
      },
    }
    const run = prepare(flow({ a: {} }), { registry, blueprints })
    const waiting = await run.drive()
    expect(waiting.waits.map(({ waitId }) => waitId)).toEqual(['ask:a+asking/ask'])
    await run.prepared.handle.resume('ask', 'answered')
    expect(await run.drive()).toMatchObject({
      status: 'completed',
      output: [4, 'SUBFLOW_FAILED', 'INVOKE_TIMEOUT', 'answered'],
    })
    const settled = run.events.filter(({ type }) => type === 'child.settled')
    expect(settled.map((event) => ('status' in event ? event.status : '')).toSorted()).toEqual([
      'cancelled',
      'completed',
      'completed',
      'failed',
    ])
  },
}

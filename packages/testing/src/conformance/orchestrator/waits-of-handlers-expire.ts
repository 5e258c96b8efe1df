import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait of a handler that nobody answers in time rejects, and the handler may go on; one that lost a race ends with its visit. */
export const waitsOfHandlersExpire: OrchestratorBehaviour = {
  name: 'a wait of a handler that nobody answers in time rejects, and the handler may go on; one that lost a race ends with its visit',
  run: async ({ run, expect }) => {
    const registry = {
      a: async ({ waitFor, sleep }: NodeContext) => {
        const code = waitFor('late', { timeout: 20 }).catch((error: unknown) => (error as { code?: unknown }).code)
        const answers = await Promise.all([code, sleep('nap', 60)])
        await Promise.race([waitFor('never'), sleep('short', 10)])
        return answers[0]
      },
    }
    const { result, events } = await run(flow({ a: {} }), { registry })
    expect(result).toMatchObject({ status: 'completed', output: 'WAIT_TIMEOUT', waits: [] })
    const ends = events.filter(({ type }) => type === 'wait.expired' || type === 'wait.cancelled')
    expect(ends.map((event) => [event.type, 'name' in event ? event.name : ''])).toEqual([
      ['wait.expired', 'late'],
      ['wait.cancelled', 'never'],
    ])
  },
}

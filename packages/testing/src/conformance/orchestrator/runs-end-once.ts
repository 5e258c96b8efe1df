import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

const endings = ['run.completed', 'run.failed', 'run.cancelled']

/** A run tells of its beginning and of its end once, however it ends, and each event names the run and, of a skip, the skipped node. */
export const runsEndOnce: OrchestratorBehaviour = {
  name: 'a run tells of its beginning and of its end once, however it ends, and each event names the run and, of a skip, the skipped node',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow(plain('a', 'b', 'c'), [...chain('a', 'b'), ['a', 'c', { condition: 'false' }]])
    for (const ending of endings) {
      const cancel = new AbortController()
      const b = async (): Promise<void> => {
        await sleep(5)
        if (ending === 'run.failed') throw new Error('broken')
        if (ending !== 'run.cancelled') return
        cancel.abort()
        // The cancel may take longer on its way than the outcome of this node.
        await sleep(50)
      }
      const { events, prepared } = await run(blueprint, { registry: { b }, signal: cancel.signal })
      const told = events.map(({ type }) => type).filter((type) => type === 'run.started' || endings.includes(type))
      expect(told).toEqual(['run.started', ending])
      expect(events.filter(({ runId }) => runId !== prepared.state.runId)).toEqual([])
      expect(events.flatMap((event) => (event.type === 'node.skipped' ? [event.nodeId] : []))).toEqual(['c'])
    }
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run that ends while it waits tells of each wait and each sleep that it cuts off, also of those of handlers, before it tells of its end. */
export const endedRunsTellWhatTheyCutOff: OrchestratorBehaviour = {
  name: 'a run that ends while it waits tells of each wait and each sleep that it cuts off, also of those of handlers',
  run: async ({ run, expect, sleep }) => {
    const cancel = new AbortController()
    const blueprint = flow({
      ask: { uses: 'wait' },
      nap: { uses: 'sleep', params: { durationMs: 60_000 } },
      calls: {},
      end: {},
    })
    const registry = {
      calls: ({ waitFor, sleep: nap }: NodeContext) => Promise.all([waitFor('inside'), nap('rest', 60_000)]),
    }
    const ends = {
      cancelled: () => cancel.abort(),
      failed: () => {
        throw new Error('broken')
      },
    }
    for (const [status, end] of Object.entries(ends).toReversed()) {
      const handlers = { ...registry, end: () => sleep(20).then(end) }
      const ended = await run(blueprint, { registry: handlers, signal: cancel.signal })
      expect(ended.result.status).toBe(status)
      const told = ended.events.flatMap((event) =>
        event.type === 'wait.cancelled' || event.type === 'timer.cancelled'
          ? [`${event.type} ${event.nodeId} ${event.name} ${event.call ?? ''}`]
          : [],
      )
      expect(told.toSorted()).toEqual([
        'timer.cancelled calls rest rest',
        'timer.cancelled nap nap ',
        'wait.cancelled ask ask ',
        'wait.cancelled calls inside inside',
      ])
      expect(ended.events.at(-1)?.type).toBe(`run.${status}`)
    }
  },
}

import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** While a wait is open, the other branches go on to their ends, and a failure among them is not made again when the wait is answered. */
export const openWaitsHoldUpNobody: OrchestratorBehaviour = {
  name: 'while a wait is open, the other branches go on to their ends, and a failure among them is not made again when the wait is answered',
  run: async ({ prepare, expect, sleep }) => {
    const blueprint = flow({ ask: { uses: 'wait' }, after: {}, x: {}, y: {}, z: {}, bad: {} }, [
      ...chain('ask', 'after'),
      ...chain('x', 'y', 'z'),
    ])
    const registry = {
      y: () => sleep(10),
      bad: () => {
        throw new Error('broken')
      },
    }
    const run = prepare(blueprint, { registry, onFailure: 'continue' })
    expect((await run.drive()).status).toBe('awaiting')
    expect([...run.calls].sort()).toEqual(['bad', 'x', 'y', 'z'])
    await run.prepared.handle.resume('ask', 'yes')
    expect((await run.drive()).status).toBe('failed')
    expect([...run.calls].sort()).toEqual(['after', 'bad', 'x', 'y', 'z'])
  },
}

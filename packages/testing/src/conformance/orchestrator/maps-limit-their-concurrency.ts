import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map runs no more items at once than its concurrency. */
export const mapsLimitTheirConcurrency: OrchestratorBehaviour = {
  name: 'a map runs no more items at once than its concurrency',
  run: async ({ run, expect, sleep }) => {
    let active = 0
    let most = 0
    const each = async (): Promise<void> => {
      active++
      most = Math.max(most, active)
      await sleep(20)
      active--
    }
    const { calls } = await run(flow({ map: { params: { each: 'each', concurrency: 3 } } }), {
      input: Array.from({ length: 10 }, (_, at) => at),
      registry: { each },
    })
    expect([calls.length, most]).toEqual([10, 3])
  },
}

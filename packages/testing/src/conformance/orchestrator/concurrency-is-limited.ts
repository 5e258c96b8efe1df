import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** No more attempts run at once than the run's concurrency. */
export const concurrencyIsLimited: OrchestratorBehaviour = {
  name: "no more attempts run at once than the run's concurrency",
  run: async ({ run, expect, sleep }) => {
    let active = 0
    let most = 0
    const handler = async (): Promise<void> => {
      active++
      most = Math.max(most, active)
      await sleep(20)
      active--
    }
    const ids = Array.from({ length: 12 }, (_, at) => `n${at}`)
    const { result } = await run(flow(plain(...ids)), {
      concurrency: 4,
      registry: Object.fromEntries(ids.map((id) => [id, handler])),
    })
    expect([result.status, most]).toEqual(['completed', 4])
  },
}

import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Branches that end days apart meet in their join all the same. */
export const branchesDaysApartMeet: OrchestratorBehaviour = {
  name: 'branches that end days apart meet in their join all the same',
  run: async ({ run, expect }) => {
    const twoDaysMs = 172_800_000
    const blueprint = flow({ quick: {}, slow: { uses: 'sleep', params: { durationMs: twoDaysMs } }, join: {} }, [
      ...chain('quick', 'join'),
      ...chain('slow', 'join'),
    ])
    const { result, calls } = await run(blueprint)
    expect([result.status, calls]).toEqual(['completed', ['quick', 'join']])
  },
}

import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node whose fallback runs is cancelled with it; its failure stays a handled one. And a fallback that completes cancels for its node. */
export const cancelledFallbacksHandleNothingMore: OrchestratorBehaviour = {
  name: 'a node whose fallback runs is cancelled with it, its failure stays a handled one; a fallback that completes cancels for its node',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      bad: () => {
        throw new Error('broken')
      },
      hang: () => new Promise(() => {}),
      spare: () => sleep(20),
    }
    const blueprint = flow(
      {
        bad: { config: { fallback: 'hang' } },
        next: {},
        hang: {},
        other: { uses: 'bad', config: { fallback: 'spare', cancels: ['bad'] } },
        spare: {},
      },
      chain('bad', 'next'),
    )
    const ended = await run(blueprint, { registry })
    expect(ended.result).toMatchObject({ status: 'completed', errors: [], skipped: ['next'], cancelled: ['hang'] })
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node that completes cancels what it names: the losers of a race are aborted, and nobody waits for them. */
export const cancelsCutOffWhatRuns: OrchestratorBehaviour = {
  name: 'a node that completes cancels what it names: the losers of a race are aborted, and nobody waits for them',
  run: async ({ run, expect, sleep }) => {
    const aborted: string[] = []
    const registry = {
      fast: () => sleep(20),
      slow: ({ signal, nodeId }: NodeContext) =>
        new Promise(() => {
          signal.addEventListener('abort', () => aborted.push(nodeId))
        }),
    }
    const blueprint = flow(
      {
        fast: { config: { cancels: ['slow', 'deaf'] } },
        slow: { config: { cancels: ['fast', 'deaf'] } },
        deaf: { uses: 'slow' },
        winner: { config: { joinStrategy: 'any' } },
      },
      [
        ['fast', 'winner'],
        ['slow', 'winner'],
        ['deaf', 'winner'],
      ],
    )
    const ended = await run(blueprint, { registry })
    expect(ended.result).toMatchObject({ status: 'completed', output: 'winner', errors: [] })
    expect(ended.statuses()).toEqual({ fast: 'completed', slow: 'cancelled', deaf: 'cancelled', winner: 'completed' })
    expect(aborted.toSorted()).toEqual(['deaf', 'slow'])
  },
}

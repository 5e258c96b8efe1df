import type { NodeContext } from '@heddle/core'
import { answerWhenOpen } from '../answer-when-open.ts'
import { chain, flow } from '../flow.ts'
import type { DrivenRun, OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Two waits that are open at once, answered in either order or together while a third branch runs, make their join run once, with all. */
export const approvalsMeetInTheirJoin: OrchestratorBehaviour = {
  name: 'two waits that are open at once, answered in either order or together while a third branch runs, make their join run once, with all',
  run: async ({ prepare, expect, sleep }) => {
    const blueprint = flow({ one: { uses: 'wait' }, two: { uses: 'wait' }, third: {}, join: {} }, [
      ...chain('one', 'join'),
      ...chain('two', 'join'),
      ...chain('third', 'join'),
    ])
    for (const gapMs of [10, 0, -10]) {
      const driven: DrivenRun[] = []
      const registry = {
        third: async () => {
          const answer = async (name: string, delayMs: number): Promise<void> => {
            await sleep(delayMs)
            await answerWhenOpen(driven[0]!.prepared.handle, name, `${name}!`, sleep)
          }
          await Promise.all([answer('one', 20), answer('two', 20 + gapMs)])
          await sleep(20)
          return 'third!'
        },
        join: ({ input }: NodeContext) => input,
      }
      const run = prepare(blueprint, { registry })
      driven.push(run)
      const { status, output } = await run.drive()
      expect([status, { ...(output as object) }, run.calls], `${gapMs} ms apart`).toEqual([
        'completed',
        { one: 'one!', two: 'two!', third: 'third!' },
        ['third', 'join'],
      ])
    }
  },
}

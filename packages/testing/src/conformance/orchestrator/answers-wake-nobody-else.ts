import { answerWhenOpen } from '../answer-when-open.ts'
import { chain, flow } from '../flow.ts'
import type { DrivenRun, OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An answer to a wait wakes nobody else: a sleep beside it lasts as long as it was to last. */
export const answersWakeNobodyElse: OrchestratorBehaviour = {
  name: 'an answer to a wait wakes nobody else: a sleep beside it lasts as long as it was to last',
  run: async ({ prepare, expect, sleep, clock, ms }) => {
    const nightMs = ms(200)
    const startedAt = clock.now()
    const passed: Record<string, number> = {}
    const note = (name: string) => (): void => {
      passed[name] = clock.now() - startedAt
    }
    const blueprint = flow(
      {
        ask: { uses: 'wait' },
        answered: {},
        night: { uses: 'sleep', params: { durationMs: nightMs } },
        up: {},
        calls: {},
      },
      [...chain('ask', 'answered'), ...chain('night', 'up')],
    )
    const driven: DrivenRun[] = []
    const registry = {
      answered: note('answered'),
      up: note('up'),
      calls: async () => {
        await sleep(10)
        await answerWhenOpen(driven[0]!.prepared.handle, 'ask', 'yes', sleep)
      },
    }
    const run = prepare(blueprint, { registry })
    driven.push(run)
    expect((await run.drive()).status).toBe('completed')
    expect([(passed['answered'] ?? nightMs) < nightMs, (passed['up'] ?? 0) >= nightMs]).toEqual([true, true])
  },
}

import { route, type NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run that fails by a limit is compensated too: by its deadline, which also cuts off what runs, or by the iterations of a loop. */
export const limitsAreCompensated: OrchestratorBehaviour = {
  name: 'a run that fails by a limit is compensated too: by its deadline, which cuts off what runs, or by its iterations',
  run: async ({ run, expect, sleep, ms }) => {
    const undone: unknown[] = []
    const registry = {
      bad: async () => {
        await sleep(10)
        throw new Error('broken')
      },
      hang: () => new Promise(() => {}),
      again: () => route('again'),
      undo: ({ nodeId, iteration, error, isOutcomeKnown }: NodeContext) => {
        undone.push([
          nodeId,
          ...iteration,
          (error as { code?: string }).code ?? (error as Error).message,
          isOutcomeKnown,
        ])
      },
    }
    const config = { compensate: 'undo' }
    const options = { registry, onFailure: 'compensate', deadlineMs: ms(250) } as const
    const late = await run(flow({ a: { config }, hang: { config } }, chain('a', 'hang')), options)
    expect(late.result.errors.map(({ code }) => code)).toEqual(['RUN_DEADLINE'])
    expect(undone.splice(0)).toEqual([
      ['hang', 'RUN_DEADLINE', false],
      ['a', 'RUN_DEADLINE', true],
    ])
    const stuck = await run(
      flow({ a: { config }, hang: { config }, bad: {} }, [...chain('a', 'hang'), ...chain('a', 'bad')]),
      options,
    )
    expect(stuck.result.errors.map(({ code }) => code)).toEqual(['NODE_FAILED'])
    expect(undone.splice(0)).toEqual([
      ['hang', 'broken', false],
      ['a', 'broken', true],
    ])
    const loop = flow(
      { again: { config: { ...config, maxIterations: 2 } } },
      [['again', 'again', { action: 'again' }]],
      { start: ['again'] },
    )
    const rounds = await run(loop, { registry, onFailure: 'compensate' })
    expect(rounds.result.errors.map(({ code }) => code)).toEqual(['MAX_ITERATIONS'])
    expect(undone).toEqual([
      ['again', 1, 'MAX_ITERATIONS', true],
      ['again', 0, 'MAX_ITERATIONS', true],
    ])
  },
}

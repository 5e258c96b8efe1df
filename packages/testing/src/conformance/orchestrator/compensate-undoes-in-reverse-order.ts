import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Under compensate a run that fails undoes what completed, the last one first, and then ends as failed. */
export const compensateUndoesInReverseOrder: OrchestratorBehaviour = {
  name: 'under compensate a run that fails undoes what completed, one after another, the last one first, and then ends as failed',
  run: async ({ run, expect, sleep }) => {
    const told: unknown[] = []
    const registry = {
      a: () => 'A',
      b: ({ input }: NodeContext) => `${String(input)}B`,
      bad: () => {
        throw new Error('broken')
      },
      undo: async ({ nodeId, input, deps, output, error, isOutcomeKnown, attempt }: NodeContext) => {
        await sleep(1)
        told.push({ nodeId, input, deps: { ...deps }, output, why: (error as Error).message, isOutcomeKnown, attempt })
      },
    }
    const undone = { config: { compensate: 'undo' } }
    const blueprint = flow(
      { a: undone, b: undone, plain: {}, bad: undone, never: undone },
      chain('a', 'b', 'plain', 'bad', 'never'),
    )
    const ended = await run(blueprint, { input: 'in', registry, onFailure: 'compensate' })
    expect(ended.calls).toEqual(['a', 'b', 'plain', 'bad', 'b~', 'a~'])
    const known = { why: 'broken', isOutcomeKnown: true, attempt: 1 }
    expect(told).toEqual([
      { nodeId: 'b', input: 'A', deps: { a: 'A' }, output: 'AB', ...known },
      { nodeId: 'a', input: 'in', deps: {}, output: 'A', ...known },
    ])
    expect(ended.result.errors.map(({ code }) => code)).toEqual(['NODE_FAILED'])
    expect(ended.statuses()).toEqual({
      a: 'completed',
      b: 'completed',
      plain: 'completed',
      bad: 'failed',
      never: 'skipped',
    })
    const types = ended.events.map(({ type }) => type)
    expect(types.slice(types.indexOf('run.compensating') + 2)).toEqual([
      'compensation.started',
      'compensation.completed',
      'compensation.started',
      'compensation.completed',
      'run.failed',
    ])
  },
}

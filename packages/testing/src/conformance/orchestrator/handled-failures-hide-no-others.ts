import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A failure that is handled hides no other: the run fails with the one that is not, under its own message. */
export const handledFailuresHideNoOthers: OrchestratorBehaviour = {
  name: 'a failure that is handled hides no other: the run fails with the one that is not, under its own message',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow({ a: { config: { fallback: 'spare' } }, spare: {}, b: {}, near: {}, far: {} }, [
      ...chain('b', 'near', 'far'),
      ...chain('a', 'far'),
    ])
    const registry = {
      a: () => {
        throw new Error('handled')
      },
      b: async () => {
        await sleep(10)
        throw new Error('no money')
      },
    }
    const ended = await run(blueprint, { registry, onFailure: 'continue' })
    const { status, errors } = ended.result
    expect([status, errors.map(({ message, details }) => [message.includes('no money'), details['nodeId']])]).toEqual([
      'failed',
      [[true, 'b']],
    ])
    expect(ended.statuses()).toMatchObject({ near: 'skipped', far: 'skipped', spare: 'completed' })
  },
}

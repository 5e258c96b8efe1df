import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A child run that waits a second time goes on from there: nothing in it, nor beside it, runs again. */
export const childRunsMayWaitAgain: OrchestratorBehaviour = {
  name: 'a child run that waits a second time goes on from there: nothing in it, nor beside it, runs again',
  run: async ({ prepare, expect }) => {
    const child = flow(
      { first: {}, one: { uses: 'wait' }, between: {}, two: { uses: 'wait' }, last: {} },
      chain('first', 'one', 'between', 'two', 'last'),
      { id: 'child' },
    )
    const blueprint = flow(
      { before: {}, sub: { uses: 'subflow', params: { blueprintId: 'child' } }, after: {} },
      chain('before', 'sub', 'after'),
    )
    const hand = ({ input }: NodeContext): unknown => input
    const run = prepare(blueprint, { blueprints: { child }, registry: { last: hand, after: hand } })
    for (const name of ['one', 'two']) {
      expect((await run.drive()).waits.map((wait) => wait.name)).toEqual([name])
      await run.prepared.handle.resume(name, `${name}!`)
    }
    expect(await run.drive()).toMatchObject({ status: 'completed', output: 'two!' })
    expect(run.calls).toEqual(['before', 'first', 'between', 'last', 'after'])
  },
}

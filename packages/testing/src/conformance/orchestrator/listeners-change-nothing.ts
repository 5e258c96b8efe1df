import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A listener that throws changes nothing. */
export const listenersChangeNothing: OrchestratorBehaviour = {
  name: 'a listener that throws changes nothing',
  run: async ({ prepare, expect }) => {
    const run = prepare(flow(plain('a', 'b'), chain('a', 'b')))
    run.eventBus.on('*', () => {
      throw new Error('a broken listener')
    })
    run.eventBus.on('node.completed', async () => {
      throw new Error('a listener that rejects')
    })
    expect(await run.drive()).toMatchObject({ status: 'completed', output: 'b' })
  },
}

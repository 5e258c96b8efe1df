import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Concurrent writers of a shared value with a reducer lose nothing. */
export const reducersLoseNothing: OrchestratorBehaviour = {
  name: 'concurrent writers of a shared value with a reducer lose nothing',
  run: async ({ run, expect, sleep }) => {
    const context = {
      log: { reducer: 'append' },
      total: { reducer: 'sum', initial: 100 },
      top: { reducer: 'max' },
      all: { reducer: 'union' },
      facts: { reducer: 'merge' },
    } as const
    const ids = Array.from({ length: 20 }, (_, at) => `n${at}`)
    const handler = async ({ context: shared, nodeId }: NodeContext): Promise<void> => {
      const n = Number(nodeId.slice(1))
      shared.set('log', [nodeId])
      shared.set('total', n)
      await sleep(20 - n)
      shared.set('top', n)
      shared.set('all', [n % 3])
      shared.set('facts', { [nodeId]: n })
    }
    const { result } = await run(flow(plain(...ids), [], { policy: { context } }), {
      registry: Object.fromEntries(ids.map((id) => [id, handler])),
    })
    const { log, total, top, all, facts } = result.context as {
      log: string[]
      total: number
      top: number
      all: number[]
      facts: object
    }
    expect([...log].sort()).toEqual([...ids].sort())
    expect([total, top, [...all].sort((one, other) => one - other), Object.keys(facts).length]).toEqual([
      290,
      19,
      [0, 1, 2],
      20,
    ])
  },
}

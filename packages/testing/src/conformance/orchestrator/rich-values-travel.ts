import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A BigInt, a Date, a Map, an Error with a cause and a circular value pass from node to node. */
export const richValuesTravel: OrchestratorBehaviour = {
  name: 'a BigInt, a Date, a Map, an Error with a cause and a circular value pass from node to node',
  run: async ({ run, expect }) => {
    const circular: Record<string, unknown> = { n: 1 }
    circular['self'] = circular
    const error = new Error('outer', { cause: new TypeError('inner') })
    const values = { big: 10n, date: new Date(5), map: new Map([['k', new Set([1])]]), error, circular }
    const b = ({ input }: NodeContext<typeof values>): unknown => [
      input.big,
      input.date.getTime(),
      [...(input.map.get('k') ?? [])],
      input.error.message,
      (input.error.cause as Error).message,
      input.circular['self'] === input.circular,
    ]
    const { result } = await run(flow(plain('a', 'b'), chain('a', 'b')), { registry: { a: () => values, b } })
    expect(result.output).toEqual([10n, 5, [1], 'outer', 'inner', true])
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map hands on its outputs in the order of the items, undefined ones in their place. */
export const mapsKeepTheOrderOfItems: OrchestratorBehaviour = {
  name: 'a map hands on its outputs in the order of the items, undefined ones in their place',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      each: async ({ item, index }: NodeContext) => {
        await sleep(20 - 5 * Number(index))
        return item === 'b' ? undefined : `${String(item)}${index}`
      },
      over: letters,
    }
    const one = await run(flow({ map: { params: { each: 'each' } } }), { input: ['z'], registry })
    expect(one.result.output).toEqual(['z0'])
    const many = await run(flow({ map: { params: { each: 'each', over: 'over' } } }), { registry })
    expect(many.result.output).toEqual(['a0', undefined, 'c2'])
  },
}

function* letters(): Generator<string> {
  yield* ['a', 'b', 'c']
}

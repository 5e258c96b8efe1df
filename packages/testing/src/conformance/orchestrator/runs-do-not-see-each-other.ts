import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Many runs at once do not see each other. */
export const runsDoNotSeeEachOther: OrchestratorBehaviour = {
  name: 'many runs at once do not see each other',
  run: async ({ prepare, expect, sleep }) => {
    const handler = async ({ input, context }: NodeContext<number>): Promise<number> => {
      context.update('sum', (sum) => Number(sum ?? 0) + input)
      await sleep(input % 7)
      return input
    }
    const blueprint = flow(plain('a', 'b', 'c'), chain('a', 'b', 'c'))
    const runs = Array.from({ length: 30 }, (_, n) =>
      prepare(blueprint, { input: n, registry: { a: handler, b: handler, c: handler } }),
    )
    const results = await Promise.all(runs.map((run) => run.drive()))
    expect(results.map(({ output, context }) => [output, (context as { sum: number }).sum])).toEqual(
      results.map((_, n) => [n, 3 * n]),
    )
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Middleware stands around a handler each time that it runs again after a wait. */
export const middlewareStandsAroundEachRunOfAHandler: OrchestratorBehaviour = {
  name: 'middleware stands around a handler each time that it runs again after a wait',
  run: async ({ run, expect }) => {
    const log: string[] = []
    const middleware = [
      async (_context: NodeContext, next: () => Promise<unknown>) => {
        log.push('before')
        // oxlint-disable-next-line node/callback-return -- middleware goes on after `next`
        const output = await next()
        log.push('after')
        return `mended ${String(output)}`
      },
    ]
    const registry = {
      a: async ({ sleep }: NodeContext) => {
        log.push('handler')
        await sleep('nap', 10)
        return 'output'
      },
    }
    const { result } = await run(flow({ a: {} }), { middleware, registry })
    expect([result.output, log]).toEqual(['mended output', ['before', 'handler', 'before', 'handler', 'after']])
  },
}

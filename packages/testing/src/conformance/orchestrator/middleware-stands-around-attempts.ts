import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Middleware runs around each attempt, first one outermost, and what it returns counts. */
export const middlewareStandsAroundAttempts: OrchestratorBehaviour = {
  name: 'middleware runs around each attempt, first one outermost, and what it returns counts',
  run: async ({ run, expect }) => {
    const log: string[] = []
    const around =
      (name: string) =>
      async ({ nodeId }: NodeContext, next: () => Promise<unknown>) => {
        log.push(`${name} before ${nodeId}`)
        // oxlint-disable-next-line node/callback-return -- middleware goes on after `next`
        const output = await next()
        log.push(`${name} after ${nodeId}`)
        return `${name}(${String(output)})`
      }
    const { result } = await run(flow(plain('a')), { middleware: [around('outer'), around('inner')] })
    expect(result.output).toBe('outer(inner(a))')
    expect(log).toEqual(['outer before a', 'inner before a', 'inner after a', 'outer after a'])
  },
}

import { expand } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An expansion that closes a cycle, ends at a decided node or breaks a rule of blueprints fails its node with INVALID_EXPANSION. */
export const invalidExpansionsFailTheirNode: OrchestratorBehaviour = {
  name: 'an expansion that closes a cycle, ends at a decided node or breaks a rule of blueprints fails its node with INVALID_EXPANSION',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('start', 'expander', 'next'), chain('start', 'expander', 'next'))
    const node = { id: 'x', uses: 'start' }
    const toX = [{ source: 'expander', target: 'x' }]
    for (const [added, edges] of [
      [{ id: 'x', uses: 'nothing' }, toX],
      [{ id: 'x', uses: 'start', config: { retry: { maxAttempts: 0 } } }, toX],
      [node, [...toX, { source: 'x', target: 'next', condition: 'result >' }]],
      [node, [...toX, { source: 'x', target: 'start' }]],
      [node, [...toX, { source: 'x', target: 'expander' }]],
      [node, [...toX, { source: 'x', target: 'ghost' }]],
    ] as const) {
      const ended = await run(blueprint, { registry: { expander: () => expand({ nodes: [added], edges }) } })
      expect(ended.result.errors.map(({ code }) => code)).toEqual(['INVALID_EXPANSION'])
      expect(ended.statuses()).toEqual({ start: 'completed', expander: 'failed', next: 'skipped' })
    }
  },
}

import { expand } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An expansion that closes a cycle or ends at a decided node fails its node with INVALID_EXPANSION. */
export const invalidExpansionsFailTheirNode: OrchestratorBehaviour = {
  name: 'an expansion that closes a cycle or ends at a decided node fails its node with INVALID_EXPANSION',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('start', 'expander', 'next'), chain('start', 'expander', 'next'))
    const node = { id: 'x', uses: 'start' }
    for (const edges of [
      [
        { source: 'expander', target: 'x' },
        { source: 'x', target: 'start' },
      ],
      [
        { source: 'expander', target: 'x' },
        { source: 'x', target: 'expander' },
      ],
      [
        { source: 'expander', target: 'x' },
        { source: 'x', target: 'ghost' },
      ],
    ]) {
      const ended = await run(blueprint, { registry: { expander: () => expand({ nodes: [node], edges }) } })
      expect(ended.result.errors.map(({ code }) => code)).toEqual(['INVALID_EXPANSION'])
      expect(ended.statuses()).toEqual({ start: 'completed', expander: 'failed', next: 'skipped' })
    }
  },
}

import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait is named while the run awaits it, is answered once, and its payload is the node's output. */
export const waitsAreResumedOnce: OrchestratorBehaviour = {
  name: "a wait is named while the run awaits it, is answered once, and its payload is the node's output",
  run: async ({ prepare, expect }) => {
    const run = prepare(flow({ ask: { uses: 'wait', params: { name: 'approval' } }, next: {} }, chain('ask', 'next')), {
      registry: { next: ({ input }: NodeContext) => input },
    })
    expect(await rejection(run.prepared.handle.resume('approval', 1))).toMatchObject({
      code: 'WAIT_NOT_OPEN',
      retryable: true,
    })
    expect((await run.drive()).status).toBe('awaiting')
    expect((await run.drive()).waits.map(({ name, nodeId }) => [name, nodeId])).toEqual([['approval', 'ask']])
    await run.prepared.handle.resume('approval', { ok: true })
    expect(await rejection(run.prepared.handle.resume('approval', { ok: false }))).toMatchObject({
      code: 'WAIT_ANSWERED',
    })
    expect(await rejection(run.prepared.handle.resume('ask', 1))).toMatchObject({ code: 'WAIT_NOT_OPEN' })
    expect(await run.drive()).toMatchObject({ status: 'completed', output: { ok: true } })
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait of a child run is answered once, also when the child or the whole run is over. */
export const waitsOfChildRunsAreAnsweredOnce: OrchestratorBehaviour = {
  name: 'a wait of a child run is answered once, also when the child or the whole run is over',
  run: async ({ prepare, expect, pass, ms }) => {
    const child = flow(
      { ask: { uses: 'wait', params: { name: 'k' } }, more: { uses: 'wait', params: { timeoutMs: ms(250) } } },
      [['ask', 'more']],
      { id: 'child' },
    )
    const sub = { uses: 'subflow', params: { blueprintId: 'child', again: 'twice' } }
    const run = prepare(flow({ sub }, [['sub', 'sub', { action: 'again' }]], { start: ['sub'] }), {
      blueprints: { child },
      registry: { twice: ({ iteration }: NodeContext) => iteration[0] === 0 },
    })
    const { handle } = run.prepared
    expect((await run.drive()).waits.map(({ waitId }) => waitId)).toEqual(['k:sub@0/ask'])
    await handle.resume('k:sub@0/ask', 'first')
    expect((await run.drive()).waits.map(({ waitId }) => waitId)).toEqual(['more:sub@0/more'])
    const codeOf = async (nameOrId: string): Promise<unknown> =>
      ((await rejection(handle.resume(nameOrId, 'late'))) as { code?: unknown }).code
    // By name the next round may be meant, whose wait is not open yet.
    expect([await codeOf('k:sub@0/ask'), await codeOf('k')]).toEqual(['WAIT_ANSWERED', 'WAIT_NOT_OPEN'])
    await handle.resume('more:sub@0/more', 'go')
    expect((await run.drive()).waits.map(({ waitId }) => waitId)).toEqual(['k:sub@1/ask'])
    expect([await codeOf('k:sub@0/ask'), await codeOf('more')]).toEqual(['WAIT_ANSWERED', 'WAIT_NOT_OPEN'])
    await handle.resume('k', 'second')
    await run.drive()
    await pass(300)
    expect((await run.drive()).errors.map(({ code }) => code)).toEqual(['SUBFLOW_FAILED'])
    expect([await codeOf('k:sub@1/ask'), await codeOf('more:sub@1/more'), await codeOf('k:sub@2/ask')]).toEqual([
      'WAIT_ANSWERED',
      'WAIT_EXPIRED',
      'WAIT_NOT_OPEN',
    ])
  },
}

import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'
import { rejection } from '../rejection.ts'

/** A handler waits for answers from outside, several at once; each is listed, and answered once. */
export const handlersWaitForAnswers: OrchestratorBehaviour = {
  name: 'a handler waits for answers from outside, several at once; each is listed, and answered once',
  run: async ({ prepare, expect }) => {
    const registry = {
      a: async ({ waitFor }: NodeContext) => {
        const [one, other] = await Promise.all([waitFor('x'), waitFor('x')])
        return [one, other, await waitFor('y')]
      },
    }
    const run = prepare(flow({ a: {} }), { registry })
    const waiting = await run.drive()
    expect(waiting.status).toBe('awaiting')
    expect(waiting.waits.map(({ waitId }) => waitId)).toEqual(['x:a', 'x:a#1'])
    const { handle } = run.prepared
    await handle.resume('x:a#1', 2)
    await run.drive()
    expect(await rejection(handle.resume('x:a#1', 3))).toMatchObject({ code: 'WAIT_ANSWERED' })
    await handle.resume('x', 1)
    expect((await run.drive()).waits.map(({ waitId }) => waitId)).toEqual(['y:a'])
    await handle.resume('y', 3)
    expect(await run.drive()).toMatchObject({ status: 'completed', output: [1, 2, 3] })
  },
}

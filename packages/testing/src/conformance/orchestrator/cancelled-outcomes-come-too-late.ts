import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** What the handler of a cancelled visit returns comes too late: it is no output, is written nowhere and leads nowhere. */
export const cancelledOutcomesComeTooLate: OrchestratorBehaviour = {
  name: 'what the handler of a cancelled visit returns comes too late: it is no output, is written nowhere and leads nowhere',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      late: async ({ context }: NodeContext) => {
        context.set('who', 'late')
        await sleep(20)
        return 'too late'
      },
      cut: () => sleep(10),
      last: () => sleep(50),
    }
    const blueprint = flow({ late: {}, behind: {}, cut: { config: { cancels: ['late'] } }, last: {} }, [
      ['late', 'behind'],
      ['cut', 'last'],
    ])
    const ended = await run(blueprint, { registry })
    expect(ended.result.status).toBe('completed')
    expect(ended.statuses()).toEqual({ late: 'cancelled', behind: 'skipped', cut: 'completed', last: 'completed' })
    expect('late' in ended.result.outputs).toBe(false)
    expect(ended.result.context).toEqual({})
  },
}

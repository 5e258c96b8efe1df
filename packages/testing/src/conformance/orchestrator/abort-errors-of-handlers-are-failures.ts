import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

function abortError(): Error {
  return Object.assign(new Error('the request took too long'), { name: 'AbortError' })
}

/** An AbortError that a handler throws of its own accord is a failure like any: it is tried again, and cancels nothing. */
export const abortErrorsOfHandlersAreFailures: OrchestratorBehaviour = {
  name: 'an AbortError that a handler throws of its own accord is a failure like any: it is tried again, and cancels nothing',
  run: async ({ run, expect }) => {
    const blueprint = flow({ a: { config: { retry: { maxAttempts: 2 } } } })
    const once = await run(blueprint, {
      registry: {
        a: ({ attempt }: NodeContext) => {
          if (attempt === 1) throw abortError()
          return attempt
        },
      },
    })
    expect(once.result).toMatchObject({ status: 'completed', output: 2 })
    const always = await run(blueprint, {
      registry: {
        a: () => {
          throw abortError()
        },
      },
    })
    expect([always.result.status, always.result.cancelled, always.calls]).toEqual(['failed', [], ['a', 'a']])
    expect(always.result.errors[0]?.message.includes('the request took too long')).toBe(true)
  },
}

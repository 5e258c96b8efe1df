import { describe, expect, it } from 'vitest'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

async function run(handler: (ctx: NodeContext) => unknown): Promise<WorkflowResult> {
  const retry = { maxAttempts: 3 }
  const blueprint = { id: 'one', nodes: [{ id: 'a', uses: 'a', config: { retry } }], edges: [] }
  return new FlowRuntime({ registry: { a: handler } }).run(blueprint)
}

describe('a durable call that the function of a step makes', () => {
  it.each<[string, (ctx: NodeContext) => unknown]>([
    ['sleep', ({ sleep }) => sleep('inner', 10)],
    ['step', ({ step }) => step('inner', () => 1)],
    ['waitFor', ({ waitFor }) => waitFor('inner')],
    ['emit', ({ emit }) => emit('inner', 1)],
  ])('fails the node at once, without a retry: %s', async (_call, inner) => {
    let attempts = 0
    const { status, errors } = await run((ctx) => {
      attempts++
      return ctx.step('outer', () => inner(ctx), { retry: { maxAttempts: 2 } })
    })
    expect(status).toBe('failed')
    expect(errors[0]).toMatchObject({
      code: 'STEP_MISMATCH',
      details: { visit: 'a', step: 'outer', call: 'inner' },
    })
    expect(errors[0]?.message).toMatch(/"outer".*"inner"/u)
    expect(attempts).toBe(1)
  })

  it('fails the node also if the function catches it', async () => {
    const { errors } = await run(({ step }) =>
      step('outer', async () => {
        await step('inner', () => 1).catch(() => undefined)
      }),
    )
    expect(errors[0]).toMatchObject({ code: 'STEP_MISMATCH' })
  })

  it('is none if it is made beside the step, or after it', async () => {
    const { output } = await run(async ({ step, sleep }) => {
      const [first] = await Promise.all([step('one', () => 1), sleep('nap', 1), step('two', async () => 2)])
      return first + (await step('three', () => 3))
    })
    expect(output).toBe(4)
  })
})

describe('an invoke of a blueprint', () => {
  it('fails with an error that says to give its id', async () => {
    const blueprint = { id: 'other', nodes: [], edges: [] }
    const { errors } = await run(({ invoke }) => invoke('call', blueprint as never, 1))
    expect(errors[0]?.cause).toMatchObject({ code: 'INVALID_OPTION', details: { call: 'call', option: 'workflow' } })
    expect(String(errors[0]?.cause)).toContain('give the id, "other"')
  })
})

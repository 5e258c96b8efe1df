import { describe, expect, it } from 'vitest'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { Workflow } from '../ports/workflow.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { defineWorkflow } from './define-workflow.ts'
import { ofType } from './of-type.ts'

/** A function that answers something in plain JavaScript, where its type does not count. */
const answering = (answer: unknown) => () => answer as boolean

const body = defineWorkflow('body', { input: ofType<number>() })
  .node('add', ({ input }) => input + 1)
  .build()

const run = (workflow: Workflow): Promise<WorkflowResult> => new FlowRuntime().run(workflow as Workflow<number>, 1)

const when = (answer: unknown): Workflow =>
  defineWorkflow('w', { input: ofType<number>() })
    .node('a', { when: answering(answer), retry: { maxAttempts: 3 } }, () => 'ran')
    .build()

describe('a function that decides', () => {
  it.each([
    ['undefined', undefined, 'Was a return forgotten?'],
    ['1', 1, 'Boolean(…)'],
    ['text', 'yes', 'Boolean(…)'],
    ['null', null, 'Boolean(…)'],
  ])('fails its node if it answers neither true nor false: %s', async (given, answer, mend) => {
    const { status, errors, skipped } = await run(when(answer))
    expect({ status, skipped }).toEqual({ status: 'failed', skipped: [] })
    expect(errors).toMatchObject([{ code: 'INVALID_OUTPUT', retryable: false, details: { nodeId: 'a', name: 'when' } }])
    expect(errors[0]?.message).toContain(`"when" of node "a" answered ${given}, and must answer true or false.`)
    expect(errors[0]?.message).toContain(mend)
  })

  it('may answer a promise of one of the two', async () => {
    await expect(run(when(Promise.resolve(true)))).resolves.toMatchObject({ status: 'completed', output: 'ran' })
    await expect(run(when(Promise.resolve(false)))).resolves.toMatchObject({ status: 'completed', skipped: ['a'] })
    await expect(run(when(Promise.resolve(1)))).resolves.toMatchObject({ status: 'failed' })
  })

  it.each(['until', 'while'] as const)('fails a loop in its first iteration if it is its %s', async (name) => {
    const options = name === 'until' ? { until: answering(1) } : { while: answering(undefined) }
    const { status, errors } = await run(
      defineWorkflow('w', { input: ofType<number>() })
        .loop('l', { body, ...options })
        .build(),
    )
    expect(status).toBe('failed')
    expect(errors).toMatchObject([{ code: 'INVALID_OUTPUT', details: { nodeId: 'l', name } }])
  })

  it('fails the loop of a hand-written blueprint, too', async () => {
    const blueprint: WorkflowBlueprint = {
      id: 'w',
      start: ['l'],
      nodes: [{ id: 'l', uses: 'subflow', params: { blueprintId: 'body', again: 'more' } }],
      edges: [{ source: 'l', target: 'l', action: 'again' }],
    }
    const runtime = new FlowRuntime({ registry: { more: () => 'yes' }, blueprints: { body } })
    const { errors } = await runtime.run(blueprint, 1)
    expect(errors).toMatchObject([{ code: 'INVALID_OUTPUT', details: { nodeId: 'l', name: 'more' } }])
  })
})

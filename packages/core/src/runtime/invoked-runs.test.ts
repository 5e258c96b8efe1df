import { describe, expect, it } from 'vitest'
import { machines, untilAwaiting } from '../../test/machines.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'

const billing = defineWorkflow('billing', { input: ofType<string>() }).wait('paid').build()

const order = defineWorkflow('order', { input: ofType<string>() })
  .node('pay', ({ input, invoke }) => invoke('bill', billing, input))
  .build()

describe('a wait of a child run that a handler of a distributed run invoked', () => {
  it('is answered by a client that was given its workflow; another is told which one it lacks', async () => {
    const { client, work, pass, clock, store } = machines()
    work({ workflows: [order, billing] })
    const run = await client().start(order, 'loom', { runId: 'r' })
    await untilAwaiting(clock, client().open('r'), 1)
    const [childHash] = (await store.listRuns(10)).flatMap(({ workflowId, definitionHash }) => {
      return workflowId === 'billing' ? [definitionHash] : []
    })
    const refused = run.resume('paid:pay+bill/paid', 'yes')
    await expect(refused).rejects.toMatchObject({
      code: 'UNKNOWN_BLUEPRINT',
      details: { blueprintId: 'billing', parentRunId: 'r', definitionHash: childHash },
    })
    await expect(refused).rejects.toThrow('give that workflow to the runtime that answers, as one of its "blueprints"')
    await client({ blueprints: { billing } }).open(order, 'r').resume('paid:pay+bill/paid', 'yes')
    expect((await pass(run.result())).output).toBe('yes')
  })
})

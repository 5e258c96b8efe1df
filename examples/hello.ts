import { defineWorkflow, FlowRuntime, ofType } from '@heddle/core'

const order = defineWorkflow('order', { input: ofType<{ price: number; count: number }>() })
  .node('total', ({ input }) => input.price * input.count)
  .node('discount', { after: 'total', when: ({ deps }) => deps.total > 100 }, ({ deps }) => deps.total * 0.1)
  .node('invoice', { after: ['total', 'discount'] }, ({ deps }) => `to pay: ${deps.total - (deps.discount ?? 0)}`)
  .build()
const runtime = new FlowRuntime()
for (const count of [2, 5]) {
  const { status, output, skipped } = await runtime.run(order, { price: 30, count })
  console.log(status, '|', output, '| skipped:', skipped)
}

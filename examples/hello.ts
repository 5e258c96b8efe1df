import { defineWorkflow, FlowRuntime, ofType } from '@heddle/core'
const order = defineWorkflow('order', { input: ofType<{ prices: number[] }>() })
  .node('total', ({ input }) => input.prices.reduce((sum, price) => sum + price, 0))
  .node('discount', { after: 'total', when: ({ deps }) => deps.total > 100 }, ({ deps }) => deps.total * 0.1)
  .node('invoice', { after: ['total', 'discount'] }, ({ deps }) => `to pay: ${deps.total - (deps.discount ?? 0)}`)
  .build()
const runtime = new FlowRuntime()
const baskets = [[20, 30], [80, 120]]
for (const prices of baskets) {
  const { status, output, skipped } = await runtime.run(order, { prices })
  console.log(status, '|', output, '| skipped:', skipped)
}

import { defineWorkflow, ofType, route } from '@heddle/core'
import { assertSimulation, simulate } from '@heddle/testing'

const order = defineWorkflow('order', { input: ofType<{ items: string[] }>() })
  .node('reserve', ({ input, idempotencyKey }) => input.items.map((item) => `${item} for ${idempotencyKey}`))
  .node('price', { retry: { maxAttempts: 3 } }, ({ input, attempt }) => {
    if (attempt === 1) throw new Error('the price list is not there yet')
    return input.items.length * 10
  })
  .wait('approval', { after: 'price', schema: ofType<{ by: string }>() })
  .node('send', { after: ['reserve', 'approval'] }, ({ deps }) => `${deps.reserve.length} items, ${deps.approval.by}`)
  .build()

const report = await simulate(order, {
  seeds: 10,
  workers: 4,
  input: { items: ['tea', 'milk'] },
  answers: { approval: route('yes', { by: 'Ada' }) },
})
assertSimulation(report)
console.log(report.seeds, 'seeds', report.fewestFaults > 0, report.failures.length)

import { createWorker, defineWorkflow, FlowRuntime, memoryJobQueue } from '@heddle/core'
import { expect, it } from 'vitest'
import { redisCoordinationStore } from '../src/store/redis-coordination-store.ts'
import { redisUrl, uniquePrefix } from './redis.ts'

const names = Array.from({ length: 200 }, (_, at) => `${at} ${'-'.repeat(40)}`)

it('recorded steps are answered in the order in which they were, also when more were recorded than Redis keeps in order', async () => {
  const store = redisCoordinationStore({ url: redisUrl(), prefix: uniquePrefix() })
  const queue = memoryJobQueue()
  const orders: string[][] = []
  let comeTo: (nothing?: undefined) => void = () => undefined
  const isThere = new Promise((resolve) => {
    comeTo = resolve
  })
  const never = new Promise(() => {
    // The race is over before.
  })
  const race = defineWorkflow('race')
    .node('h', async ({ step }) => {
      const order: string[] = []
      orders.push(order)
      // Those that are asked for last come in first.
      const steps = names.map(async (name, at) => {
        await step(name, async () => {
          for (let turn = names.length; turn > at; turn--) await Promise.resolve()
        })
        order.push(name)
      })
      await Promise.all(steps)
      await step('slow', async () => {
        comeTo()
        if (orders.length === 1) await never
      })
      return order
    })
    .build()
  const first = createWorker({ workflows: [race], store, queue })
  const run = await new FlowRuntime({ store, queue }).start(race, undefined)
  await isThere
  await first.close({ withinMs: 0 })
  const second = createWorker({ workflows: [race], store, queue })
  const { output } = await run.result()
  expect(orders[0]).not.toEqual(names)
  expect([orders[1], output]).toEqual([orders[0], orders[0]])
  await second.close()
  await queue.close()
  await store.close()
})

import type { ICoordinationStore, IJobQueue } from '@heddle/core'

/** A store over several connections: each operation goes over one of them at random, as if workers in several places made them. */
export function overConnections(stores: readonly ICoordinationStore[]): ICoordinationStore {
  const [first] = stores as readonly [ICoordinationStore, ...ICoordinationStore[]]
  return new Proxy(first, {
    get: (_target, name) => {
      const store = stores[Math.floor(Math.random() * stores.length)] ?? first
      const found: unknown = Reflect.get(store, name)
      return typeof found === 'function' ? (found as (...given: unknown[]) => unknown).bind(store) : found
    },
  })
}

/** A queue over several connections: each consumer has one to itself, jobs are sent over all of them in turn. */
export function overQueues(queues: readonly IJobQueue[]): IJobQueue {
  let consumers = 0
  let sent = 0
  const pick = (count: number): IJobQueue => queues[count % queues.length] as IJobQueue
  return {
    enqueue: (jobs) => pick(sent++).enqueue(jobs),
    consume: (handler, options) => pick(consumers++).consume(handler, options),
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close()))
    },
  }
}

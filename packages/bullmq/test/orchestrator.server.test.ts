import { EventDrivenOrchestrator, systemClock } from '@heddle/core'
import { describeOrchestrator } from '@heddle/testing/conformance'
import { afterEach, describe, expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { overConnections, overQueues } from './many-connections.ts'
import { redisUrl, uniquePrefix } from './redis.ts'

const long = 'the clock of a server cannot be moved: it would take minutes to days'
const tight = 'one sleep competes with three in a row, each of which is late by what a step over the network takes'
const perWorker = 'concurrency is that of a worker, and several share the run'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** An orchestrator whose workers have connections of their own. */
function open(workers: number): EventDrivenOrchestrator {
  const place = { url: redisUrl(), prefix: uniquePrefix() }
  const stores = Array.from({ length: workers }, () => redisCoordinationStore(place))
  const queue = overQueues(Array.from({ length: workers }, () => bullmqJobQueue(place)))
  closers.push(
    () => queue.close(),
    async () => {
      await Promise.all(stores.map((store) => store.close()))
    },
  )
  return new EventDrivenOrchestrator({
    store: overConnections(stores),
    queue,
    workers,
  })
}

const severalWorkers = { "no more attempts run at once than the run's concurrency": perWorker }

const settings = [
  { title: '1 worker', workers: 1, skip: {} },
  { title: '2 workers', workers: 2, skip: severalWorkers },
  { title: '4 workers', workers: 4, skip: severalWorkers },
]

for (const { title, workers, skip } of settings) {
  describeOrchestrator(`EventDrivenOrchestrator over Redis and BullMQ, ${title}`, () => open(workers), {
    test: { describe, it, expect },
    createClock: () => systemClock,
    timeFactor: 8,
    skip: {
      'branches that end days apart meet in their join all the same': long,
      'an attempt that takes many minutes is made once: nobody takes it for lost while its worker lives': long,
      'an answer to a wait wakes nobody else: a sleep beside it lasts as long as it was to last': long,
      'from outside, a node cancels the live iterations of a loop: nothing in it is live any more, so it ends': tight,
      'a race in a handler has the same winner each time that the handler runs again, also when the loser has settled meanwhile':
        long,
      ...skip,
    },
  })
}

import { EventDrivenOrchestrator, systemClock } from '@heddle/core'
import { describeOrchestrator } from '@heddle/testing/conformance'
import { expect } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { overConnections, overQueues } from './many-connections.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { whenTestEnds, testsAtOnce } from './tests-at-once.ts'

const long = 'the clock of a server cannot be moved: it would take minutes to days'
const perWorker = 'concurrency is that of a worker, and several share the run'

/** An orchestrator whose workers have connections of their own. */
function open(workers: number): EventDrivenOrchestrator {
  const place = { url: redisUrl(), prefix: uniquePrefix() }
  const stores = Array.from({ length: workers }, () => redisCoordinationStore(place))
  const queue = overQueues(Array.from({ length: workers }, () => bullmqJobQueue(place)))
  whenTestEnds(async () => {
    await queue.close()
    await Promise.all(stores.map((store) => store.close()))
  })
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

/** Behaviours wait most of their time: for sleeps, timeouts and the network. */
const test = { ...testsAtOnce(12), expect }

for (const { title, workers, skip } of settings) {
  describeOrchestrator(`EventDrivenOrchestrator over Redis and BullMQ, ${title}`, () => open(workers), {
    test,
    createClock: () => systemClock,
    timeFactor: 24,
    skip: {
      'branches that end days apart meet in their join all the same': long,
      'an attempt that takes many minutes is made once: nobody takes it for lost while its worker lives': long,
      ...skip,
    },
  })
}

import { createWorker } from '@heddle/core'
import { bullmqJobQueue, redisCoordinationStore } from '../../src/index.ts'
import { disturbedQueue } from '../disturbed-queue.ts'
import { knownWorkflows, type Told } from '../whole-runs/known-workflows.ts'
import type { Place } from '../whole-runs/worker-processes.ts'

/** What the program is told as JSON. */
interface Settings {
  readonly url: string
  /** Where it works: it has a worker in each place. */
  readonly places: readonly Place[]
  readonly graphs: number
}

/**
 * Workers of all patterns and random graphs, until it is killed. It says what they tell on a line of JSON each.
 */
const { url, places, graphs } = JSON.parse(process.argv[2] ?? '{}') as Settings

for (const { prefix, isDisturbed } of places) {
  const tell = (told: Told): void => {
    process.stdout.write(`${JSON.stringify({ ...told, prefix })}\n`)
  }
  const queue = bullmqJobQueue({ url, prefix })
  createWorker({
    workflows: knownWorkflows(graphs, tell),
    store: redisCoordinationStore({ url, prefix }),
    queue: isDisturbed ? disturbedQueue(queue) : queue,
    concurrency: 50,
  })
}
process.stdout.write('ready\n')

// A test that was killed kills nobody.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid)
}, 1000)

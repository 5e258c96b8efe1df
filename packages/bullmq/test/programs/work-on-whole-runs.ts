import { createWorker } from '@heddle/core'
import { bullmqJobQueue, redisCoordinationStore } from '../../src/index.ts'
import { disturbedQueue } from '../disturbed-queue.ts'
import { knownWorkflows, type Told } from '../whole-runs/known-workflows.ts'

/** What the program is told as JSON. */
interface Settings {
  readonly url: string
  readonly prefix: string
  readonly graphs: number
  /** Every job is handed out twice, late and in any order. */
  readonly isDisturbed: boolean
}

/**
 * A worker of all patterns and random graphs, until it is killed. It says what it tells on a line of JSON each.
 */
const { url, prefix, graphs, isDisturbed } = JSON.parse(process.argv[2] ?? '{}') as Settings

const tell = (told: Told): void => {
  process.stdout.write(`${JSON.stringify(told)}\n`)
}

const queue = bullmqJobQueue({ url, prefix })

createWorker({
  workflows: knownWorkflows(graphs, tell),
  store: redisCoordinationStore({ url, prefix }),
  queue: isDisturbed ? disturbedQueue(queue) : queue,
  concurrency: 50,
})
process.stdout.write('ready\n')

// A test that was killed kills nobody.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid)
}, 1000)

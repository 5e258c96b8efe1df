import { writeSync } from 'node:fs'
import { bullmqJobQueue } from '../../src/index.ts'

/**
 * Takes jobs, says so on a line each, and never ends one. Argument: the options of its queue as JSON.
 */
const queue = bullmqJobQueue(JSON.parse(process.argv[2] ?? '{}') as Parameters<typeof bullmqJobQueue>[0])

queue.consume(({ id }) => {
  writeSync(1, `took ${id}\n`)
  return new Promise(() => {})
})
writeSync(1, 'ready\n')

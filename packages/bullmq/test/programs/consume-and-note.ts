import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { bullmqJobQueue } from '../../src/index.ts'

/** Takes jobs, and notes each in the hash `<prefix>:noted`. Rejects every fiftieth. Argument: the options of its queue as JSON. */
const options = JSON.parse(process.argv[2] ?? '{}') as { readonly url: string; readonly prefix: string }
const notes = new Redis(options.url, { maxRetriesPerRequest: null })
// It comes back: the queue is what is looked at.
notes.on('error', () => {})

let taken = 0
bullmqJobQueue(options).consume(async ({ id }) => {
  await pause(5)
  if (++taken % 50 === 0) throw new Error('now and then')
  await notes.hincrby(`${options.prefix}:noted`, id, 1)
})

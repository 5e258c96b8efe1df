import { writeSync } from 'node:fs'
import { createWorker } from '@heddle/core'
import { bullmqJobQueue, redisCoordinationStore, type BullmqJobQueueOptions } from '../../src/index.ts'
import { slowWorkflow } from '../slow-workflow.ts'

/**
 * A worker whose attempts say that they begin, and never end. Told to end, it gives them up, by its queue or by its own doing, as its
 * arguments say: address, prefix, `queue` or `worker`.
 */
const [url = '', prefix = '', by = ''] = process.argv.slice(2)
// Nobody would miss it within this time.
const place = { url, prefix, stalledAfterMs: 600_000 }
const options: BullmqJobQueueOptions =
  by === 'queue' ? { ...place, drain: { withinMs: 50, signals: ['SIGTERM'] } } : place

const store = redisCoordinationStore({ url, prefix })
const queue = bullmqJobQueue(options)
const workflow = slowWorkflow((input, signal) => {
  signal.addEventListener('abort', () => writeSync(1, `gives up ${input}\n`))
  writeSync(1, `begins ${input}\n`)
  return new Promise(() => {})
})
const worker = createWorker({ workflows: [workflow], store, queue, limits: { leaseMs: 600_000 } })
writeSync(1, 'ready\n')

if (by === 'worker') {
  process.once('SIGTERM', () => {
    void worker
      .close({ withinMs: 50 })
      .then(() => Promise.all([queue.close(), store.close()]))
      .then(() => writeSync(1, 'closed\n'))
  })
}

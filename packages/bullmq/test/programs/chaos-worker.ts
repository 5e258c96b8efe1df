import { writeSync } from 'node:fs'
import { createWorker, type IJobQueue } from '@heddle/core'
import { Redis } from 'ioredis'
import { bullmqJobQueue, redisCoordinationStore } from '../../src/index.ts'
import { Doom, doomedClient, doomedStore } from '../chaos/doom.ts'
import { chaosFlows } from '../chaos/chaos-flows.ts'
import { chaosHandlers, nameOf } from '../chaos/chaos-handlers.ts'
import { noteInto } from '../chaos/notes.ts'
import { lossyClient } from '../lossy-client.ts'

/**
 * A worker of the chaos. It sends scripts twice at random, and gives up what takes long when it is told to end. Arguments: address,
 * prefix, folder for its notes, share of the scripts that are sent twice.
 */
const [url = '', prefix = '', folder = '', share = '0'] = process.argv.slice(2)
const note = noteInto(folder)
const redis = new Redis(url, { maxRetriesPerRequest: null })
// It comes back.
redis.on('error', () => {})
const doom = new Doom(folder)
const client = doomedClient(lossyClient(redis, Number(share)), doom)
const store = doomedStore(redisCoordinationStore({ client, prefix, retention: false }), doom)
const plain = bullmqJobQueue({ url, prefix })
const queue: IJobQueue = {
  enqueue: (jobs) => plain.enqueue(jobs),
  close: () => plain.close(),
  consume: (handler, options) =>
    plain.consume((job) => {
      const { runId, visit, dispatch = 0 } = job
      if (visit !== undefined) note({ kind: 'took', runId, visit: nameOf(visit), detail: String(dispatch) })
      return handler(job)
    }, options),
}
const workflows = chaosFlows(chaosHandlers(note, 1))
const worker = createWorker({ workflows, store, queue, concurrency: 30, limits: { maxLostAttempts: 50 } })
writeSync(1, 'ready\n')

process.once('SIGTERM', () => {
  void worker
    .close({ withinMs: 200 })
    .then(() => Promise.all([queue.close(), store.close()]))
    .then(() => redis.disconnect())
})

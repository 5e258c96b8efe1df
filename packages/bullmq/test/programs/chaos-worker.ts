import { writeSync } from 'node:fs'
import { createWorker } from '@heddle/core'
import { Redis } from 'ioredis'
import { bullmqJobQueue, redisCoordinationStore } from '../../src/index.ts'
import { chaosFlows } from '../chaos/chaos-flows.ts'
import { chaosHandlers } from '../chaos/chaos-handlers.ts'
import { noteInto } from '../chaos/notes.ts'
import { lossyClient } from '../lossy-client.ts'

/**
 * A worker of the chaos. It sends scripts twice at random, and gives up what takes long when it is told to end. Arguments: address,
 * prefix, folder for its notes, share of the scripts that are sent twice.
 */
const [url = '', prefix = '', folder = '', share = '0'] = process.argv.slice(2)
const redis = new Redis(url, { maxRetriesPerRequest: null })
// It comes back.
redis.on('error', () => {})
const store = redisCoordinationStore({ client: lossyClient(redis, Number(share)), prefix, retention: false })
const queue = bullmqJobQueue({ url, prefix })
const workflows = chaosFlows(chaosHandlers(noteInto(folder), 1))
const worker = createWorker({ workflows, store, queue, concurrency: 30, limits: { maxLostAttempts: 50 } })
writeSync(1, 'ready\n')

process.once('SIGTERM', () => {
  void worker
    .close({ withinMs: 200 })
    .then(() => Promise.all([queue.close(), store.close()]))
    .then(() => redis.disconnect())
})

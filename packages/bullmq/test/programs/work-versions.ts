import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createWorker } from '@heddle/core'
import { bullmqJobQueue, redisCoordinationStore } from '../../src/index.ts'
import { versionedWorkflow } from '../versioned-workflow.ts'

/** A worker that has some versions of a workflow, and ends by SIGTERM. Arguments: address, prefix, versions. */
const [url = '', prefix = '', ...versions] = process.argv.slice(2)
const store = redisCoordinationStore({ url, prefix })
const queue = bullmqJobQueue({ url, prefix })
const workflows = versions.map((version) => versionedWorkflow(version, () => pause(20)))
const worker = createWorker({ workflows, store, queue, concurrency: 4, limits: { maxLostAttempts: 0 } })
writeSync(1, 'ready\n')

process.once('SIGTERM', () => {
  void worker.close({ withinMs: 10 }).then(() => Promise.all([queue.close(), store.close()]))
})

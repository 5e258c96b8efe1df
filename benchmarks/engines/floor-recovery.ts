import { Queue, Worker } from 'bullmq'
import type { RecoveryParts } from './contract.ts'

/** A job of raw BullMQ, with the stalled check that it has when it is told nothing. */
export const recovery: RecoveryParts = {
  work: async ({ url, name }, step) => {
    const connection = { url, maxRetriesPerRequest: null }
    const worker = new Worker<{ runId: string }>(name, ({ data }) => step(data.runId), { connection, concurrency: 10 })
    await worker.waitUntilReady()
  },

  connect: ({ url, name }) => {
    const queue = new Queue<{ runId: string }>(name, { connection: { url, maxRetriesPerRequest: null } })
    return async (runId) => {
      await queue.add('hold', { runId })
    }
  },
}

import type { RunJob } from '@heddle/core'
import type { BulkJobOptions } from 'bullmq'
import { hashed } from './queue-address.ts'

/** A job as BullMQ takes it. */
export interface JobMessage {
  /** For dashboards: the node, or `turn` for a job that asks for a turn. */
  readonly name: string
  readonly data: RunJob
  readonly opts: BulkJobOptions
}

/** What the ids of our jobs begin with. */
const idPrefix = 'heddle/'

/** Ids longer than this are hashed: they are part of the key of each job. */
const longestId = 300

/** BullMQ refuses priorities above this one. */
const largestPriority = 2_097_152

/** Texts without `:`, which BullMQ reserves, and without what could not be read in a key. */
const plainId = /^[\w./@[\]^~-]+$/u

/**
 * The id of a job in BullMQ: that of the job (incarnation, run, visit and dispatch, separated by `/`, which no id has) behind a prefix that
 * tells our jobs from those of others. Ids that are long or hold other characters are hashed.
 */
export function messageId(jobId: string): string {
  return `${idPrefix}${jobId.length <= longestId && plainId.test(jobId) ? jobId : hashed(jobId)}`
}

/** Whether a job of BullMQ has an id that {@link messageId} made. */
export function isOurId(id: string): boolean {
  return id.startsWith(idPrefix)
}

/** A job as BullMQ takes it. A job that has ended is removed at once: BullMQ ignores one whose id it still knows. */
export function messageOf(job: RunJob): JobMessage {
  const { delayMs = 0, priority = 0 } = job
  return {
    name: (job.visit?.nodeId ?? 'turn').slice(0, 128),
    data: job,
    opts: {
      jobId: messageId(job.id),
      removeOnComplete: true,
      removeOnFail: true,
      ...(delayMs > 0 ? { delay: Math.ceil(delayMs) } : {}),
      // Without a priority a job is before all that have one.
      ...(priority > 0 ? { priority: Math.min(Math.ceil(priority), largestPriority) } : {}),
    },
  }
}

/** Whether the data of a job is one that {@link messageOf} made: anybody who reaches the server can add others. */
export function isRunJob(data: unknown): data is RunJob {
  if (typeof data !== 'object' || data === null) return false
  const { id, runId, incarnation, definitionHash, visit, dispatch } = data as Partial<Record<keyof RunJob, unknown>>
  if (![id, runId, incarnation, definitionHash].every((text) => typeof text === 'string' && text !== '')) return false
  if (visit === undefined) return true
  const { nodeId, iteration } = (visit ?? {}) as { readonly nodeId?: unknown; readonly iteration?: unknown }
  return typeof nodeId === 'string' && Array.isArray(iteration) && Number.isSafeInteger(dispatch)
}

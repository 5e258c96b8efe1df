import { createHash } from 'node:crypto'
import { defaultQueueName } from './queue-options.ts'

/** Where BullMQ keeps one queue. */
export interface QueueAddress {
  /** BullMQ's name of the queue. */
  readonly name: string
  /** BullMQ's prefix: it holds a hash tag, so that all keys of the queue lie in one slot of a Redis Cluster, and each queue in its own. */
  readonly prefix: string
}

/** Names that may be part of a key as they are. */
const plainName = /^[A-Za-z0-9_.-]{1,100}$/u

/**
 * Where the jobs of a `config.queue` lie. Names of any form and length are told apart: one that could not be part of a key is hashed.
 *
 * @param queue `NodeConfig.queue`; none is the queue `default`
 */
export function queueAddress(prefix: string, name: string, queue: string | undefined): QueueAddress {
  const part =
    queue === undefined || queue === defaultQueueName ? '' : `.${plainName.test(queue) ? queue : hashed(queue)}`
  return { name: `${name}${part}`, prefix: `${prefix}:{${name}${part}}` }
}

/** A text of fixed length in the place of one that may hold anything. The `#` lies outside of the alphabet of plain names. */
export function hashed(text: string): string {
  return `#${createHash('sha256').update(text).digest('base64url')}`
}

import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'

/** Address of the Redis that serves this run of the tests. */
export function redisUrl(): string {
  return inject('redisUrl')
}

/** A prefix that no other test uses. The server may be somebody's: nothing without it is touched. */
export function uniquePrefix(): string {
  return `${inject('redisPrefix')}-${randomBytes(4).toString('hex')}`
}

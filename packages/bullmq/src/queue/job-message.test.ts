import { describe, expect, it } from 'vitest'
import { jobOf } from '../../test/jobs.ts'
import { isRunJob, messageId, messageOf } from './job-message.ts'
import { queueAddress } from './queue-address.ts'

describe('the id of a job in BullMQ', () => {
  it('holds incarnation, run, visit and dispatch as they are', () => {
    expect(messageId('inc/run-1/node@1.2[3]^failed~/4')).toBe('heddle/inc/run-1/node@1.2[3]^failed~/4')
  })

  it('is hashed when it is long or holds what BullMQ reserves', () => {
    for (const id of ['a:b', 'x'.repeat(301), 'with space', '{tag}']) {
      expect(messageId(id)).toMatch(/^heddle\/#[\w-]{43}$/u)
    }
    expect(messageId('a:b')).not.toBe(messageId('a:c'))
  })
})

describe('priorities in BullMQ', () => {
  it('are whole numbers up to its limit, in the same order', () => {
    const priorityOf = (priority: number): number | undefined => messageOf(jobOf('a', { priority })).opts.priority
    expect([-3, 0, 0.5, 1, 7.2, 1e12].map(priorityOf)).toEqual([undefined, undefined, 1, 1, 8, 2_097_152])
  })
})

describe('the data of a job', () => {
  it.each([
    [true, jobOf('a')],
    [true, jobOf('a', { visit: { nodeId: 'n', iteration: [] }, dispatch: 1 })],
    [false, jobOf('a', { visit: { nodeId: 'n', iteration: [] } })],
    [false, jobOf('')],
    [false, { id: 'a' }],
    [false, null],
    [false, 'a'],
    [false, { ...jobOf('a'), visit: null }],
  ])('is ours or not: %s', (isOurs, data) => {
    expect(isRunJob(data)).toBe(isOurs)
  })
})

describe('where a queue lies', () => {
  it('is one slot of a cluster for each queue', () => {
    expect(queueAddress('heddle', 'jobs', undefined)).toEqual({ name: 'jobs', prefix: 'heddle:{jobs}' })
    expect(queueAddress('heddle', 'jobs', 'default')).toEqual(queueAddress('heddle', 'jobs', undefined))
    expect(queueAddress('heddle', 'jobs', 'gpu')).toEqual({ name: 'jobs.gpu', prefix: 'heddle:{jobs.gpu}' })
  })

  it('is a hash for names that could not be part of a key', () => {
    expect(queueAddress('heddle', 'jobs', '}:{').name).toMatch(/^jobs\.#[\w-]{43}$/u)
  })
})

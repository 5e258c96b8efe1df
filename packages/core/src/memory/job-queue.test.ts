import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import type { RunJob } from '../model/run-job.ts'
import { memoryJobQueue } from './job-queue.ts'

function job(id: string, options: Partial<RunJob> = {}): RunJob {
  return { id, runId: 'r', incarnation: 'i', definitionHash: 'h', ...options }
}

describe('a job queue in memory', () => {
  it('hands jobs out in order, as many at once as the consumer takes', async () => {
    const queue = memoryJobQueue()
    await queue.enqueue([job('a'), job('b'), job('c')])
    const handled: string[] = []
    const ends: (() => void)[] = []
    queue.consume(
      ({ id }) =>
        new Promise((resolve) => {
          handled.push(id)
          ends.push(resolve)
        }),
      { concurrency: 2 },
    )
    await settle()
    expect(handled).toEqual(['a', 'b'])
    ends[0]?.()
    await settle()
    expect(handled).toEqual(['a', 'b', 'c'])
  })

  it('keeps a job that waits once, and takes it again while it is handled', async () => {
    const queue = memoryJobQueue()
    await queue.enqueue([job('a'), job('a')])
    const handled: string[] = []
    queue.consume(async ({ id }) => {
      handled.push(id)
      if (handled.length === 1) await queue.enqueue([job('a')])
    })
    await settle()
    expect(handled).toEqual(['a', 'a'])
  })

  it('hands a delayed job out when its time has come, and smaller priorities first', async () => {
    const clock = new VirtualClock()
    const queue = memoryJobQueue({ clock })
    const handled: string[] = []
    await queue.enqueue([job('late', { delayMs: 100 }), job('low', { priority: 9 }), job('high', { priority: 1 })])
    queue.consume(async ({ id }) => void handled.push(id), { concurrency: 1 })
    await settle()
    expect(handled).toEqual(['high', 'low'])
    clock.advance(100)
    await settle()
    expect(handled).toEqual(['high', 'low', 'late'])
  })

  it('hands a job out again whose handler rejected', async () => {
    const clock = new VirtualClock()
    const queue = memoryJobQueue({ clock })
    let calls = 0
    queue.consume(async () => {
      calls++
      if (calls === 1) throw new TypeError('not now')
    })
    await queue.enqueue([job('a')])
    await settle()
    clock.advance(1000)
    await settle()
    expect(calls).toBe(2)
  })

  it('waits for what is under way when it is closed, and takes no consumers afterwards', async () => {
    const queue = memoryJobQueue()
    let end: () => void = () => undefined
    queue.consume(
      () =>
        new Promise((resolve) => {
          end = resolve
        }),
    )
    await queue.enqueue([job('a')])
    let isClosed = false
    const closed = queue.close().then(() => {
      isClosed = true
    })
    await settle()
    expect(isClosed).toBe(false)
    end()
    await closed
    expect(() => queue.consume(async () => undefined)).toThrow('the job queue is closed')
  })

  it('hands a job that its consumer puts back to another one that is free', async () => {
    const clock = new VirtualClock()
    const queue = memoryJobQueue({ clock })
    const taken: string[] = []
    queue.consume(async (given) => {
      taken.push('cannot')
      await queue.enqueue([{ ...given, id: `${given.id}+`, delayMs: 1000 }])
    })
    queue.consume(async () => void taken.push('can'))
    await queue.enqueue([job('a')])
    for (let seconds = 0; seconds < 10; seconds++) {
      await settle()
      clock.advance(1000)
    }
    expect(taken.at(-1)).toBe('can')
  })
})

import { afterEach, describe, expect, it } from 'vitest'
import { jobOf, until } from '../../test/jobs.ts'
import { runProgram, type RunningProgram } from '../../test/programs.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'
import type { BullmqJobQueueOptions } from './queue-options.ts'

const programs: RunningProgram[] = []
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL')
  for (const close of closers.splice(0)) await close()
})

const place = (): BullmqJobQueueOptions => ({ url: redisUrl(), prefix: uniquePrefix(), stalledAfterMs: 500 })

const open = (options: BullmqJobQueueOptions) => {
  const queue = bullmqJobQueue(options)
  closers.push(() => queue.close())
  return queue
}

const startConsumer = async (options: BullmqJobQueueOptions): Promise<RunningProgram> => {
  const program = runProgram('consume', JSON.stringify(options))
  programs.push(program)
  await program.said('ready')
  return program
}

describe('jobs of a consumer that has gone', () => {
  it('come to another one when its process was killed', async () => {
    const options = place()
    const program = await startConsumer(options)
    const queue = open(options)
    await queue.enqueue([jobOf('a'), jobOf('b')])
    await program.said('took a')
    await program.said('took b')
    program.child.kill('SIGKILL')
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 2)
    expect(taken.sort()).toEqual(['a', 'b'])
  })

  it('come again as often as consumers are lost to them: the queue never gives a job up', async () => {
    const options = place()
    const queue = open(options)
    await queue.enqueue([jobOf('poison')])
    for (let lost = 0; lost < 3; lost++) {
      const program = await startConsumer(options)
      await program.said('took poison')
      program.child.kill('SIGKILL')
      await program.ended
    }
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length > 0)
    expect(taken).toEqual(['poison'])
  })

  it('are handed back at once by a process that is told to end, which then ends', async () => {
    // Nobody would notice within this time that the process has gone.
    const options = { ...place(), stalledAfterMs: 600_000 }
    const program = await startConsumer({ ...options, drain: { withinMs: 50, signals: ['SIGTERM'] } })
    const queue = open(options)
    await queue.enqueue([jobOf('a'), jobOf('b')])
    await program.said('took a')
    await program.said('took b')
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe('SIGTERM')
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 2)
    expect(taken.sort()).toEqual(['a', 'b'])
  })
})

describe('a consumer with a time to drain', () => {
  it('finishes what ends in time and hands back the rest', async () => {
    const options = { ...place(), stalledAfterMs: 600_000 }
    const queue = open({ ...options, drain: { withinMs: 300 } })
    const begun: string[] = []
    const done: string[] = []
    let endQuick: () => void = () => undefined
    const consumer = queue.consume(async ({ id }) => {
      begun.push(id)
      await new Promise<void>((resolve) => {
        if (id === 'quick') endQuick = resolve
      })
      done.push(id)
    })
    await queue.enqueue([jobOf('quick'), jobOf('slow')])
    await until(() => begun.length === 2)
    const closed = consumer.close()
    endQuick()
    await closed
    expect(done).toEqual(['quick'])
    const taken: string[] = []
    open(options).consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length > 0)
    expect(taken).toEqual(['slow'])
  })
})

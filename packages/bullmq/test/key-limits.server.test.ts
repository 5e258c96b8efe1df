import { FlowRuntime } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterAll, expect } from 'vitest'
import { bullmqJobQueue } from '../src/queue/bullmq-job-queue.ts'
import { redisCoordinationStore } from '../src/store/redis-coordination-store.ts'
import { pause, until } from './jobs.ts'
import { runProgram, type RunningProgram } from './programs.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { testsAtOnce, whenTestEnds } from './tests-at-once.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })
/** They wait for attempts and leases. */
const { describe, it } = testsAtOnce(3)

afterAll(async () => {
  await redis.quit()
})

const printing = {
  id: 'printing',
  nodes: [{ id: 'print', uses: 'print', config: { concurrencyKey: 'press' } }],
  edges: [],
}

/** How many attempts of living workers were under way at most. */
function mostAtOnce(log: readonly string[]): number {
  const underWay = new Set<string>()
  let most = 0
  for (const line of log) {
    const [what, worker = '', runId = ''] = line.split(' ')
    if (what === 'begin') underWay.add(`${worker} ${runId}`)
    else if (what === 'end') underWay.delete(`${worker} ${runId}`)
    else for (const attempt of underWay) if (attempt.startsWith(`${worker} `)) underWay.delete(attempt)
    most = Math.max(most, underWay.size)
  }
  return most
}

/** A store, a queue and a client of a prefix of their own, and processes that work on its runs. */
function site(...options: readonly (string | number)[]) {
  const prefix = uniquePrefix()
  const queue = bullmqJobQueue({ url: redisUrl(), prefix: `${prefix}-queue` })
  const store = redisCoordinationStore({ url: redisUrl(), prefix })
  const runtime = new FlowRuntime({ store, queue, pollMs: 100 })
  const log = (): Promise<string[]> => redis.lrange(`${prefix}:log`, 0, -1)
  const isBusy = async (name: string): Promise<boolean> => {
    const lines = await log()
    const of = (what: string): number => lines.filter((line) => line.startsWith(`${what} ${name} `)).length
    return of('begin') > of('end')
  }
  return {
    log,
    note: (line: string) => redis.rpush(`${prefix}:log`, line),
    work: async (name: string): Promise<RunningProgram> => {
      const program = runProgram('limited-worker', redisUrl(), prefix, name, ...options.map(String))
      whenTestEnds(async () => {
        program.child.kill('SIGKILL')
        await program.ended
      })
      await program.said('works')
      return program
    },
    start: (count: number) =>
      Promise.all(Array.from({ length: count }, (_, at) => runtime.start(printing, undefined, { runId: `run-${at}` }))),
    isBusy,
    /** Waits until a worker is in the middle of an attempt, after so many lines. */
    untilBusy: (name: string, after: number = 0) =>
      until(async () => (await log()).length > after && (await isBusy(name))),
    untilFree: () => until(async () => (await store.readPermits('press', 'nobody')) === undefined),
    close: async () => {
      await queue.close()
      await store.close()
    },
  }
}

describe('a key with permits, and workers in several processes', () => {
  it('has never more than two attempts under way of two, and those of a killed worker go on elsewhere', async () => {
    const { work, start, log, note, untilBusy, untilFree, close } = site(2)
    const [first] = await Promise.all(['one', 'two', 'three'].map(work))
    const runs = await start(40)
    await untilBusy('one', 10)
    first?.child.kill('SIGKILL')
    await first?.ended
    await note('killed one')
    const results = await Promise.all(runs.map((run) => run.result()))
    expect(results.map(({ status }) => status)).toEqual(results.map(() => 'completed'))
    expect(mostAtOnce(await log())).toBe(2)
    await untilFree()
    await close()
  })

  it('gets the permit of a worker that is told to end at once, before any lease has ended', async () => {
    const { work, start, log, untilBusy, untilFree, close } = site(1, 300, 600_000)
    const first = await work('one')
    const runs = await start(3)
    await untilBusy('one')
    await work('two')
    first.child.kill('SIGTERM')
    await first.ended
    const results = await Promise.all(runs.map((run) => run.result()))
    expect(results.map(({ status }) => status)).toEqual(results.map(() => 'completed'))
    expect(mostAtOnce(await log())).toBe(1)
    await untilFree()
    await close()
  })

  it('gets the permit of a worker that stands still when its lease ends, and keeps to the limit when it goes on', async () => {
    const { work, start, log, note, isBusy, untilBusy, untilFree, close } = site(1, 200)
    const [first] = await Promise.all(['one', 'two'].map(work))
    const runs = await start(30)
    await until(async () => {
      await untilBusy('one', 4)
      first?.child.kill('SIGSTOP')
      // What it has sent before comes first.
      await pause(100)
      const isStopped = await isBusy('one')
      if (!isStopped) first?.child.kill('SIGCONT')
      return isStopped
    })
    await note('killed one')
    const before = (await log()).length
    // The other one works on meanwhile.
    await untilBusy('two', before + 4)
    first?.child.kill('SIGCONT')
    const results = await Promise.all(runs.map((run) => run.result()))
    expect(results.map(({ status }) => status)).toEqual(results.map(() => 'completed'))
    // The attempt that stood still ends late, beside others; it counts no more.
    expect(mostAtOnce(await log())).toBe(1)
    await untilFree()
    await close()
  })
})

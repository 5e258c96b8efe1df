import { describe, expect, it } from 'vitest'
import { machines, type Machines } from '../../test/machines.ts'
import { settle } from '../../test/while-time-passes.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import type { RunJob } from '../model/run-job.ts'

/** A run that somebody awaits. */
interface AwaitedRun {
  readonly runId: string
  result(): Promise<{ readonly output: unknown }>
}

const [known, unknown] = ['known', 'unknown'].map((id) =>
  defineWorkflow(id, { input: ofType<string>() })
    .node('work', () => id)
    .build(),
)

describe('a job whose definition a worker does not have', () => {
  it('goes back soon, then less and less often up to a second, under another id than the one that is handled', async () => {
    const { clock, client, work, pass, queue } = machines()
    const sent: RunJob[] = []
    const bounce = (jobs: readonly RunJob[]): Promise<void> => {
      sent.push(...jobs)
      return queue.enqueue(jobs)
    }
    work({
      workflows: [known!],
      queue: {
        enqueue: bounce,
        consume: (handler, options) => queue.consume(handler, options),
        close: () => queue.close(),
      },
    })
    const run = await client().start(unknown!, 'in')
    while (sent.length < 8) {
      await settle()
      clock.advance(50)
    }
    expect(sent.map(({ delayMs }) => delayMs)).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000])
    const ids = sent.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id, at) => id !== ids[at + 1])).toBe(true)
    const addedAt = clock.now()
    work({ workflows: [unknown!] })
    expect((await pass(run.result())).output).toBe('unknown')
    expect(clock.now() - addedAt).toBeLessThanOrEqual(3000)
  })

  it.each<readonly [string, (on: Machines, run: AwaitedRun) => Promise<unknown>]>([
    ['was removed', async ({ store }, { runId }) => store.remove((await store.readRun(runId))!)],
    [
      'was removed and its id used for another run',
      async ({ store, client }, { runId }) => {
        await store.remove((await store.readRun(runId))!)
        await client().start(known!, 'again', { runId })
      },
    ],
    [
      'has ended',
      async (on, run) => {
        // Its own jobs are sent by the sweeper, so the one that goes round is left over.
        on.work({ workflows: [unknown!], queue: memoryJobQueue({ clock: on.clock }) })
        await on.pass(run.result())
      },
    ],
  ])('goes round no more once its run %s', async (_how, end) => {
    const on = machines()
    const { run, sent, passTime } = await jobThatGoesRound(on)
    await end(on, run)
    await passTime(20)
    const before = sent.length
    await passTime(100)
    expect(sent).toHaveLength(before)
  })

  it('goes round as long as its run lives', async () => {
    const on = machines()
    const { run, sent, passTime } = await jobThatGoesRound(on)
    await passTime(100)
    const before = sent.length
    await passTime(100)
    expect(sent.length).toBeGreaterThan(before)
    on.work({ workflows: [unknown!] })
    expect((await on.pass(run.result())).output).toBe('unknown')
  })
})

/** A run whose first job has come back to a worker that does not know its definition, and later and later. */
async function jobThatGoesRound(on: Machines): Promise<{
  readonly run: AwaitedRun
  /** The jobs of the run that the worker has sent back. */
  readonly sent: readonly RunJob[]
  /** Lets time pass, in tenths of a second. */
  readonly passTime: (tenths: number) => Promise<void>
}> {
  const { queue, clock } = on
  const run = await on.client().start(unknown!, 'in')
  const { incarnation } = (await on.store.readRun(run.runId))!
  const sent: RunJob[] = []
  on.work({
    workflows: [known!],
    queue: {
      enqueue: (jobs) => {
        sent.push(...jobs.filter((job) => job.incarnation === incarnation))
        return queue.enqueue(jobs)
      },
      consume: (handler, options) => queue.consume(handler, options),
      close: () => queue.close(),
    },
  })
  const passTime = async (tenths: number): Promise<void> => {
    for (let count = 0; count < tenths; count++) {
      await settle()
      clock.advance(100)
    }
  }
  await passTime(50)
  return { run, sent, passTime }
}

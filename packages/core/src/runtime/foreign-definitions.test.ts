import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { settle } from '../../test/while-time-passes.ts'
import type { RunJob } from '../model/run-job.ts'
import type { IJobQueue } from '../ports/job-queue.ts'

const blueprint = (version: string) => ({ id: 'deployed', version, nodes: [{ id: 'work', uses: 'work' }], edges: [] })

const registry = { work: () => 'done' }

describe('a worker without the definition of a run', () => {
  it('that finds the run by a sweep lets the queue find one that has it', async () => {
    const { clock, client, work, pass, queue } = machines()
    // Looks once at what is due, and then no more by itself.
    work({ blueprints: [blueprint('1')], registry, sweepMs: 1_000_000_000 })
    clock.advance(1)
    await settle()
    work({ blueprints: [blueprint('2')], registry })
    const losing: IJobQueue = { ...queue, enqueue: async () => {}, consume: () => ({ close: async () => {} }) }
    const run = client({ queue: losing }).run(blueprint('1'), null)
    await expect(pass(run)).resolves.toMatchObject({ status: 'completed', output: 'done' })
  })

  it('leaves its jobs to others, and they wait', async () => {
    const { clock, client, work, pass, queue } = machines()
    const jobs: RunJob[] = []
    const counting: IJobQueue = {
      enqueue: async (given) => {
        jobs.push(...given)
        await queue.enqueue(given)
      },
      consume: (handler, options) => queue.consume(handler, options),
      close: () => queue.close(),
    }
    work({ blueprints: [blueprint('2')], registry, queue: counting })
    const run = await client().start(blueprint('1'), null)
    for (let seconds = 0; seconds < 60; seconds++) {
      await settle()
      clock.advance(1000)
    }
    expect(await run.status()).toBe('running')
    const { definitionHash } = jobs[0] as RunJob
    expect((await run.explain()).reasons).toMatchObject([{ type: 'unclaimed', definitionHash }])
    // One job that goes round once a second, and hints of sweeps that fall together with it.
    expect(jobs.length).toBeLessThan(250)
    work({ blueprints: [blueprint('1')], registry })
    expect((await pass(run.result())).output).toBe('done')
  })
})

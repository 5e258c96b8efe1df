import { memoryCoordinationStore, type ICoordinationStore, type NodeContext } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { chain, flow, plain } from '../conformance/flow.ts'
import { assertSimulation } from './assert-simulation.ts'
import type { SimulateOptions } from './simulate-options.ts'
import { simulate } from './simulate.ts'

const diamond = {
  blueprint: flow(plain('a', 'b', 'c', 'd', 'e'), [...chain('a', 'b', 'd', 'e'), ...chain('a', 'c', 'd')]),
  registry: Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((id) => [id, ({ input }: NodeContext) => ({ [id]: input })]),
  ),
}

/** A store whose journal lacks an entry, as soon as it has ten. */
const forgetful: SimulateOptions['store'] = ({ clock }): ICoordinationStore => {
  const store = memoryCoordinationStore({ clock })
  const readJournal = store.readJournal.bind(store)
  store.readJournal = async (run, afterSeq, limit) => {
    const entries = await readJournal(run, afterSeq, limit)
    return entries.filter(({ seq }) => seq !== 10)
  }
  return store
}

describe('a simulation', { timeout: 120_000 }, () => {
  it('finds nothing wrong with a workflow that works, whatever happens to its workers', async () => {
    const report = await simulate(diamond, { seeds: 150, runs: 3, input: 'in' })
    expect(report.failures).toEqual([])
    expect(report.fewestFaults).toBeGreaterThan(0)
    expect(report.fewestVisits).toBeGreaterThanOrEqual(10)
    expect(Object.values(report.faults).every((count) => count > 0)).toBe(true)
    expect(report.describe()).toContain('150 seeds')
    expect(() => assertSimulation(report)).not.toThrow()
  })

  it('goes the same way each time', async () => {
    const traces: string[] = []
    const run = async (): Promise<unknown> => {
      const report = await simulate(diamond, {
        seeds: [7, 8],
        maxFailures: 2,
        expect: () => {
          throw new Error('to see the trace')
        },
      })
      traces.push(report.failures.map(({ trace }) => trace.join('\n')).join('\n\n'))
      return { ...report, elapsedMs: 0, seedsPerSecond: 0, describe: undefined }
    }
    expect(await run()).toEqual(await run())
    expect(traces[0]).toBe(traces[1])
    expect(traces[0]?.split('\n').length).toBeGreaterThan(50)
  })

  it('simulates worlds without faults if it is told to', async () => {
    const report = await simulate(diamond, { seeds: 5, faults: false })
    expect([report.failures, report.fewestFaults, report.visits]).toEqual([[], 0, 50])
  })

  it('lets only those faults happen whose probability is above 0', async () => {
    const none = {
      crash: 0,
      pause: 0,
      resend: 0,
      error: 0,
      clockJump: 0,
      lostTail: 0,
      duplicateJob: 0,
      slowHandler: 0,
      drain: 0,
    }
    const { faults, failures } = await simulate(diamond, { seeds: 20, faults: { ...none, lateJob: 0, lostJob: 0.2 } })
    expect(failures).toEqual([])
    expect(Object.entries(faults).filter(([, count]) => count > 0)).toHaveLength(1)
    expect(faults.lostJob).toBeGreaterThan(20)
  })

  it('names the guarantee that a store breaks', async () => {
    const { failures } = await simulate(diamond, { seeds: 5, store: forgetful, maxFailures: 1 })
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject({ seed: 1, guarantee: 'G6', replay: '1' })
    expect(failures[0]?.message).toContain('run-')
  })

  it('leaves out the faults that a failure does not need, and plays what is left again', async () => {
    const charges: string[] = []
    const count = (): number => charges.splice(0).length
    const shop = {
      blueprint: flow(plain('order', 'charge', 'send'), chain('order', 'charge', 'send')),
      registry: {
        order: () => 'ordered',
        charge: ({ runId }: NodeContext) => charges.push(runId),
        send: () => 'sent',
      },
    }
    const options: SimulateOptions = {
      seeds: 200,
      maxFailures: 1,
      runs: 1,
      // Where each visit is a job of its own, one crash is enough.
      continueInWorker: false,
      // Of the faults that charge twice only crashes are left; jobs that come twice or late are what is not needed.
      faults: { crash: 0.02, pause: 0, resend: 0, error: 0, clockJump: 0, lostTail: 0, slowHandler: 0, drain: 0 },
      expect: () => {
        const times = count()
        if (times !== 1) throw new Error(`charged ${times} times`)
      },
    }
    const { failures } = await simulate(shop, options)
    const [failure] = failures
    expect(failure?.guarantee).toBe('G8')
    expect(failure?.message).toMatch(/charged [2-9] times/u)
    expect(failure?.replay.split(' ').length).toBe(2)
    const again = await simulate(shop, { ...options, replay: failure?.replay ?? '' })
    expect(again.failures[0]?.message).toBe(failure?.message)
  })

  it('says so if a workflow does not do the same again', async () => {
    let calls = 0
    const moody = {
      blueprint: diamond.blueprint,
      registry: { ...diamond.registry, e: () => (++calls % 7 === 3 ? 'odd' : 'even') },
    }
    const { failures } = await simulate(moody, { seeds: 50, faults: false, maxFailures: 2 })
    expect(failures.map(({ guarantee }) => guarantee)).toEqual(['G8', 'G8'])
    expect(failures[0]?.message).toMatch(
      /is a handler perhaps not deterministic.* Keep what it finds out in ctx\.step/u,
    )
  })

  it('accepts every result that a function accepts, for workflows that may end in several ways', async () => {
    const race = {
      blueprint: flow({ ...plain('a', 'b'), first: { config: { joinStrategy: 'any' } } }, [
        ...chain('a', 'first'),
        ...chain('b', 'first'),
      ]),
      registry: { a: () => 'a', b: () => 'b', first: ({ deps }: NodeContext) => Object.keys(deps)[0] },
    }
    const seen = new Set<unknown>()
    const report = await simulate(race, {
      seeds: 40,
      expect: ({ status, output }, { seed, run }) => {
        expect([status, seed > 0, run < 2]).toEqual(['completed', true, true])
        seen.add(output)
      },
    })
    expect(report.failures).toEqual([])
    expect(seen).toEqual(new Set(['a', 'b']))
  })

  it('leaves a run open whose wait nobody answers', async () => {
    const asking = {
      blueprint: flow({ ask: { uses: 'wait' }, ...plain('after') }, chain('ask', 'after')),
      registry: { after: () => 1 },
    }
    const report = await simulate(asking, {
      seeds: 20,
      expect: ({ status, waits }) => expect([status, waits.length]).toEqual(['awaiting', 1]),
    })
    expect(report.failures).toEqual([])
    expect((await simulate(asking, { seeds: 20 })).failures).toEqual([])
  })

  it('gives handlers the clock of their worker', async () => {
    const sleepy = {
      blueprint: flow(plain('nap'), []),
      registry: {
        nap: ({ dependencies }: NodeContext) =>
          new Promise((resolve) => {
            const { clock } = dependencies as { clock: { schedule: (ms: number, done: () => void) => void } }
            clock.schedule(20_000, () => resolve('rested'))
          }),
      },
    }
    const report = await simulate(sleepy, { seeds: 30, dependencies: (clock) => ({ clock }) })
    expect(report.failures).toEqual([])
  })

  it.each([
    [{ workers: 0 }, 'workers'],
    [{ runs: 1.5 }, 'runs'],
    [{ faults: { crash: 2 } }, 'faults.crash'],
    [{ seeds: 0 }, 'seeds'],
    [{ seeds: -1 }, 'seeds'],
    [{ seeds: Number.NaN }, 'seeds'],
    [{ seeds: [] }, 'seeds'],
    [{ seeds: [1, -1] }, 'seeds'],
    [{ firstSeed: -1 }, 'firstSeed'],
    [{ maxFailures: 0 }, 'maxFailures'],
    [{ faults: { nope: 1 } as object }, 'faults'],
    [{ answers: 5 as unknown as Record<string, unknown> }, 'answers'],
    [{ replay: '1 q7' }, 'replay'],
    [{ replay: '' }, 'replay'],
  ] satisfies [SimulateOptions, string][])('refuses options that cannot be meant: %j', async (options, option) => {
    await expect(simulate(diamond, options)).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option } })
  })

  it('fails a test with the line that plays the failure again', async () => {
    const report = await simulate(diamond, { seeds: 1, store: forgetful })
    expect(() => assertSimulation(report)).toThrow("simulate(workflow, { replay: '1' })")
  })
})

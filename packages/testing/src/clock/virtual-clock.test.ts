import { FlowRuntime } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

describe('a virtual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = virtualClock({ startMs: 1000 })
    const fired: number[] = []
    clock.schedule(10, () => fired.push(clock.now()))
    await clock.settle()
    expect([clock.now(), clock.pending, clock.nextAt]).toEqual([1000, 1, 1010])
    await clock.advance(9)
    expect(fired).toEqual([])
    await clock.advance(1)
    expect([fired, clock.now(), clock.pending, clock.nextAt]).toEqual([[1010], 1010, 0, undefined])
  })

  it('fires by time, and at the same time in the order in which timers were set', async () => {
    const clock = virtualClock()
    const fired: string[] = []
    for (const [name, delayMs] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
      ['first', -5],
    ] as const) {
      clock.schedule(delayMs, () => fired.push(name))
    }
    await clock.advance(20)
    expect(fired).toEqual(['first', 'a', 'b', 'c', 'd'])
  })

  it('lets promises settle at the time of the timer that started them, so timers they set are in time', async () => {
    const clock = virtualClock()
    const wait = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        clock.schedule(ms, resolve)
      })
    const log: [string, number][] = []
    const work = async (name: string, steps: number[]): Promise<void> => {
      for (const ms of steps) {
        await wait(ms)
        for (let i = 0; i < 20; i++) await Promise.resolve()
        log.push([name, clock.now()])
      }
    }
    void work('a', [10, 10, 10])
    void work('b', [15, 10])
    await clock.advance(30)
    expect(log).toEqual([
      ['a', 10],
      ['b', 15],
      ['a', 20],
      ['b', 25],
      ['a', 30],
    ])
  })

  it('waits for promises that need turns of the event loop', async () => {
    const clock = virtualClock()
    let at = 0
    void (async () => {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      clock.schedule(5, () => (at = clock.now()))
    })()
    await clock.advance(5)
    expect(at).toBe(5)
  })

  it('does not fire what was cancelled, and a second cancel does nothing', async () => {
    const clock = virtualClock()
    let fired = 0
    const cancel = clock.schedule(5, () => fired++)
    clock.schedule(5, () => fired++)
    cancel()
    cancel()
    await clock.runAll()
    cancel()
    expect(fired).toBe(1)
  })

  it('moves to the next timer, one at a time', async () => {
    const clock = virtualClock()
    const fired: string[] = []
    clock.schedule(7, () => fired.push('a'))
    clock.schedule(7, () => fired.push('b'))
    await expect(clock.advanceToNext()).resolves.toBe(true)
    expect([fired, clock.now()]).toEqual([['a'], 7])
    await expect(clock.advanceToNext()).resolves.toBe(true)
    await expect(clock.advanceToNext()).resolves.toBe(false)
    expect(fired).toEqual(['a', 'b'])
  })

  it('works for delays of years', async () => {
    const clock = virtualClock()
    let fired = false
    clock.schedule(1e12, () => (fired = true))
    await clock.runAll()
    expect([fired, clock.now()]).toEqual([true, 1e12])
  })

  it('gives up on timers that never end', async () => {
    const clock = virtualClock({ maxTimers: 50 })
    const again = (): void => void clock.schedule(1, again)
    again()
    await expect(clock.runAll()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  it('refuses a time that is none, and carries overlapping calls out in turn', async () => {
    const clock = virtualClock()
    await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(clock.advance(Number.NaN)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(() => virtualClock({ startMs: Infinity })).toThrow('startMs')
    await Promise.all([clock.advance(1), clock.advance(2)])
    expect(clock.now()).toBe(3)
  })

  it('hands on what a timer throws, and goes on afterwards', async () => {
    const clock = virtualClock()
    clock.schedule(1, () => {
      throw new Error('broken timer')
    })
    await expect(clock.advance(1)).rejects.toThrow('broken timer')
    await clock.advance(1)
    expect(clock.now()).toBe(2)
  })

  it('drives the sleeps and retries of a run', async () => {
    const clock = virtualClock()
    let attempts = 0
    const registry = {
      flaky: () => {
        if (++attempts < 3) throw new Error('not yet')
        return clock.now()
      },
    }
    const runtime = new FlowRuntime({ clock, registry })
    const retry = { maxAttempts: 3, backoff: { type: 'exponential', delayMs: 1000 } } as const
    const run = await runtime.start({
      id: 'night',
      nodes: [
        { id: 'sleep', uses: 'sleep', params: { durationMs: 60_000 } },
        { id: 'call', uses: 'flaky', config: { retry } },
      ],
      edges: [{ source: 'sleep', target: 'call' }],
    })
    await clock.advance(62_999)
    expect(await run.status()).not.toBe('completed')
    await clock.advance(1)
    expect(await run.status()).toBe('completed')
    expect((await run.result()).output).toBe(63_000)
  })
})

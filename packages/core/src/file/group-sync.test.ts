import { beforeEach, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { GroupSync } from './group-sync.ts'

let clock: VirtualClock
let flushes: number[]
let started: number
let finish: (() => void)[]
let group: GroupSync

/** Lets the flush that is under way come to its end. */
const finishFlush = async (): Promise<void> => {
  finish.shift()?.()
  await settle()
}

const advance = async (ms: number): Promise<void> => {
  clock.advance(ms)
  await settle()
}

beforeEach(() => {
  clock = new VirtualClock()
  started = clock.now()
  flushes = []
  finish = []
  const flush = (): Promise<void> => {
    flushes.push(clock.now() - started)
    return new Promise((resolve) => {
      finish.push(resolve)
    })
  }
  group = new GroupSync({ everyMs: 10, clock, flush })
})

it('brings writes that nobody waits for to the disk together, one interval after the first of them', async () => {
  group.wrote()
  await advance(4)
  group.wrote()
  await advance(5)
  expect(flushes).toEqual([])
  await advance(1)
  expect(flushes).toEqual([10])
})

it('does nothing as long as nothing is written', async () => {
  await group.sync()
  group.wrote()
  await advance(10)
  await finishFlush()
  await advance(100)
  await group.sync()
  expect(flushes).toEqual([10])
})

it('flushes at once for a caller who waits, and then not again within the interval', async () => {
  group.wrote()
  const first = group.sync()
  expect(flushes).toEqual([0])
  await finishFlush()
  await first
  await advance(3)
  group.wrote()
  const second = group.sync()
  const third = group.sync()
  await advance(6)
  expect(flushes).toEqual([0])
  await advance(1)
  expect(flushes).toEqual([0, 10])
  await finishFlush()
  await Promise.all([second, third])
})

it('resolves a sync only after a flush that began after the write', async () => {
  group.wrote()
  void group.sync()
  let isDone = false
  group.wrote()
  const sync = group.sync().then(() => {
    isDone = true
  })
  await finishFlush()
  expect(isDone).toBe(false)
  await advance(10)
  expect(flushes).toEqual([0, 10])
  expect(isDone).toBe(false)
  await finishFlush()
  await sync
})

it('never flushes twice at the same time, however long a flush takes', async () => {
  group.wrote()
  void group.sync()
  for (let i = 0; i < 5; i++) {
    group.wrote()
    await advance(10)
  }
  expect(flushes).toEqual([0])
  await finishFlush()
  await advance(10)
  expect(flushes).toEqual([0, 60])
})

it('does not wait for the interval any more once it is in haste', async () => {
  group.wrote()
  void group.sync()
  group.wrote()
  const done = group.syncAtOnce()
  await finishFlush()
  expect(flushes).toEqual([0, 0])
  await finishFlush()
  await done
})

it('tells the error of a flush to everybody who waits and to everybody who asks later', async () => {
  const error = new Error('the disk is gone')
  const failing = new GroupSync({ everyMs: 10, clock, flush: () => Promise.reject(error) })
  failing.wrote()
  const first = failing.sync()
  failing.wrote()
  const second = failing.sync()
  await expect(first).rejects.toBe(error)
  await expect(second).rejects.toBe(error)
  await expect(failing.sync()).rejects.toBe(error)
})

it('flushes nothing more after it was stopped', async () => {
  const error = new Error('closed')
  group.wrote()
  const waiting = group.sync()
  group.wrote()
  group.stop(error)
  await expect(waiting).rejects.toBe(error)
  await finishFlush()
  await advance(100)
  expect(flushes).toEqual([0])
  await expect(group.sync()).rejects.toBe(error)
})

it('goes on when the clock is set back', async () => {
  let setBack = 0
  const unsteady = { now: () => clock.now() - setBack, schedule: clock.schedule.bind(clock) }
  const steadfast = new GroupSync({ everyMs: 10, clock: unsteady, flush: async () => void flushes.push(clock.now()) })
  steadfast.wrote()
  await steadfast.sync()
  setBack = 3_600_000
  steadfast.wrote()
  const sync = steadfast.sync()
  await advance(10)
  await sync
  expect(flushes).toHaveLength(2)
})

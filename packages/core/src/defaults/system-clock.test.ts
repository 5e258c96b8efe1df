import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

const day = 86_400_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('tells the time of the machine in milliseconds', () => {
  vi.setSystemTime(1_700_000_000_000)
  expect(systemClock.now()).toBe(1_700_000_000_000)
})

it('calls back once, after the delay and not before', () => {
  const called = vi.fn<() => void>()
  systemClock.schedule(100, called)
  vi.advanceTimersByTime(99)
  expect(called).not.toHaveBeenCalled()
  vi.advanceTimersByTime(500)
  expect(called).toHaveBeenCalledTimes(1)
})

it('waits out a delay that is longer than a timer can be', () => {
  const called = vi.fn<() => void>()
  systemClock.schedule(60 * day, called)
  vi.advanceTimersByTime(60 * day - 1)
  expect(called).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(called).toHaveBeenCalledTimes(1)
})

it('cancels a call, also in the later parts of a long delay', () => {
  const called = vi.fn<() => void>()
  const cancel = systemClock.schedule(60 * day, called)
  vi.advanceTimersByTime(50 * day)
  cancel()
  cancel()
  systemClock.schedule(5, called)()
  vi.advanceTimersByTime(100 * day)
  expect(called).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

it('counts a negative delay as none', () => {
  const called = vi.fn<() => void>()
  systemClock.schedule(-5, called)
  vi.advanceTimersByTime(0)
  expect(called).toHaveBeenCalledTimes(1)
})

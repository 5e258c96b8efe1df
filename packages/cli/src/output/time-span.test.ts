import { describe, expect, it } from 'vitest'
import { timeSpan } from './time-span.ts'

describe('time spans', () => {
  it.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [999, '999 ms'],
    [3210, '3.2 s'],
    [59_900, '59.9 s'],
    [60_000, '1 min'],
    [245_000, '4 min 5 s'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [183_600_000, '2 d 3 h'],
  ])('shows %i ms as %s', (ms, text) => {
    expect(timeSpan(ms)).toBe(text)
  })
})

import { describe, expect, it } from 'vitest'
import { DrawnSchedule } from './fault-schedule.ts'
import { defaultRates, type Fault } from './faults.ts'
import { readReplay, writeReplay } from './replay-text.ts'

describe('a replay', () => {
  it('is one short line that can be read again', () => {
    const faults: Fault[] = [
      { kind: 'crash', at: 12, amount: 300, isAfter: true },
      { kind: 'clockJump', at: 14, amount: -5000, isAfter: false },
      { kind: 'lostJob', at: 0, amount: 0, isAfter: false },
    ]
    expect(writeReplay({ seed: 42, faults })).toBe('42 C12:300 k14:-5000 x0')
    expect(readReplay('42 C12:300 k14:-5000 x0')).toEqual({ seed: 42, faults })
    expect(readReplay(' 7 ')).toEqual({ seed: 7, faults: [] })
  })

  it('keeps every fault that can be drawn', () => {
    for (let seed = 0; seed < 50; seed++) {
      const schedule = new DrawnSchedule(seed, { ...defaultRates, lostTail: 1 }, 9000)
      for (let at = 0; at < 600; at++) schedule.next((['operation', 'job', 'attempt'] as const)[at % 3] ?? 'job')
      const faults = [...schedule.happened]
      expect(readReplay(writeReplay({ seed, faults }))).toEqual({ seed, faults })
    }
  })

  it.each(['', 'x', '1 c', '1 c1:', '1 z3', '1 c1 2', 'c1'])('that says nothing is refused: "%s"', (text) => {
    expect(() => readReplay(text)).toThrow('is no replay')
  })
})

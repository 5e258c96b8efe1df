import { describe, expect, it } from 'vitest'
import type { JoinStrategy } from '../model/blueprint.ts'
import { decideJoin, joinVerdict } from './join.ts'

const verdicts = Object.fromEntries(Object.entries(joinVerdict).map(([name, code]) => [code, name]))

/** The verdict over three incoming edges, their marks written as letters: t(aken), s(kipped), f(ailed). */
function verdict(strategy: JoinStrategy, marks: string, laterIteration = false): string | undefined {
  const count = (mark: string): number => marks.split(mark).length - 1
  return verdicts[decideJoin(strategy, 3, count('t'), count('s'), count('f'), laterIteration)]
}

describe('a join over three edges', () => {
  it.each<[JoinStrategy, string, string]>([
    ['all', '', 'wait'],
    ['all', 'tt', 'wait'],
    ['all', 'ttt', 'fire'],
    ['all', 'tss', 'fire'],
    ['all', 'sss', 'skip'],
    ['all', 'ttf', 'skip'],
    ['any', 's', 'wait'],
    ['any', 't', 'fire'],
    ['any', 'tf', 'fire'],
    ['any', 'sff', 'skip'],
    [{ atLeast: 2 }, 't', 'wait'],
    [{ atLeast: 2 }, 'tft', 'fire'],
    [{ atLeast: 2 }, 'tss', 'skip'],
    ['every', 'tt', 'wait'],
    ['every', 'ttt', 'fire'],
    ['every', 'tts', 'skip'],
    ['settled', 'ff', 'wait'],
    ['settled', 'fff', 'fire'],
    ['settled', 'sss', 'fire'],
    ['settled', 'tsf', 'fire'],
  ])('%j with the marks "%s": %s', (strategy, marks, expected) => {
    expect(verdict(strategy, marks)).toBe(expected)
  })

  it('acts as all at the header of a later iteration if it is settled, or no loop would end', () => {
    expect(verdict('settled', 'sss', true)).toBe('skip')
    expect(verdict('settled', 'tss', true)).toBe('fire')
    expect(verdict('settled', 'tsf', true)).toBe('skip')
  })
})

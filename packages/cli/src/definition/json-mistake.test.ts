import { describe, expect, it } from 'vitest'
import { explainJsonMistake } from './json-mistake.ts'

const explain = (text: string) => {
  try {
    JSON.parse(text)
  } catch (error) {
    return explainJsonMistake(text, error)
  }
  return undefined
}

describe('a text that is not JSON', () => {
  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['{"a":1,}', 1, 8],
    ['abc', 1, 1],
    ['// note\n{}', 1, 1],
    ['not json {', 1, 2],
    ['{"a": tru}', 1, 10],
    ['[nul, 1]', 1, 5],
    ["{'a': 1}", 1, 2],
    ['[1,\n', 1, 4],
    ['', 1, 1],
  ])('%j is wrong in line %i, column %i', (text, line, column) => {
    expect(explain(text)).toMatchObject({ line, column })
  })

  it('says why, without repeating the text', () => {
    expect(explain('{"a":1,}')?.reason).toBe('Expected double-quoted property name')
    expect(explain('abc')?.reason).toBe("Unexpected token 'a'")
  })

  it('points at the place in a long line', () => {
    const [shown = '', caret = ''] = explain(`[${'1,'.repeat(500)}x${',1'.repeat(500)}]`)?.excerpt ?? []
    expect(shown.length).toBeLessThanOrEqual(60)
    expect(shown[caret.indexOf('^')]).toBe('x')
  })
})

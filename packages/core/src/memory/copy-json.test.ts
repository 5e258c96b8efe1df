import { describe, expect, it } from 'vitest'
import { copyJson } from './copy-json.ts'

describe('a copy of JSON', () => {
  it('is what the text of it would be read as, and shares nothing with it', () => {
    const value = { a: [1, { b: 'x', no: undefined }, null], c: { d: true }, e: '' }
    const copied = copyJson(value)
    expect(copied).toStrictEqual(JSON.parse(JSON.stringify(value)))
    expect(copied.a).not.toBe(value.a)
    expect(copied.c).not.toBe(value.c)
  })
})

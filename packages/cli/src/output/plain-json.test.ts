import { HeddleError } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { jsonText, plainJson } from './plain-json.ts'

describe('any value as JSON', () => {
  it('keeps what JSON knows', () => {
    const value = { text: 'a', number: 1.5, list: [true, null], record: {} }
    expect(JSON.parse(jsonText(value))).toEqual(value)
  })

  it('finds a form for what JSON does not know', () => {
    const value = {
      big: 12n,
      at: new Date(0),
      never: new Date(Number.NaN),
      map: new Map([['a', 1]]),
      pairs: new Map([[1, 'a']]),
      set: new Set([1, 2]),
      bytes: new Uint8Array([1, 2]),
      hole: [undefined],
    }
    expect(JSON.parse(jsonText(value))).toEqual({
      big: '12',
      at: '1970-01-01T00:00:00.000Z',
      never: null,
      map: { a: 1 },
      pairs: [[1, 'a']],
      set: [1, 2],
      bytes: [1, 2],
      hole: [null],
    })
  })

  it('keeps name, message, code, details and causes of an error', () => {
    const error = new HeddleError('NODE_FAILED', 'node "a" failed', {
      details: { nodeId: 'a' },
      cause: new TypeError('no'),
    })
    expect(plainJson(error)).toMatchObject({
      name: 'HeddleError',
      code: 'NODE_FAILED',
      message: 'node "a" failed',
      details: { nodeId: 'a' },
      cause: { name: 'TypeError', message: 'no' },
    })
  })

  it('says where a value holds itself, and shows twice what is there twice', () => {
    const one = { n: 1 }
    const value: Record<string, unknown> = { a: one, b: one }
    value['self'] = value
    expect(plainJson(value)).toEqual({ a: one, b: one, self: '[circular]' })
  })

  it('gives `__proto__` no power and leaves no character that a terminal obeys', () => {
    const text = jsonText(JSON.parse('{"__proto__":{"x":1},"\\u001b[2J":"\\u009b2J\\u202e"}'))
    expect(text).toBe('{"__proto__":{"x":1},"\\u001b[2J":"\\u009b2J\\u202e"}')
  })

  it('writes null for nothing', () => {
    expect(jsonText(undefined)).toBe('null')
  })
})

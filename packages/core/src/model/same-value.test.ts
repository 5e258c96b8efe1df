import { describe, expect, it } from 'vitest'
import { sameValue } from './same-value.ts'

describe('values are the same', () => {
  it.each([
    [Number.NaN, Number.NaN],
    ['a', 'a'],
    [10n, 10n],
    [new Date(5), new Date(5)],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [new Map([['a', [1]]]), new Map([['a', [1]]])],
    [new Set([1, 2]), new Set([1, 2])],
    [new RangeError('far'), new RangeError('far')],
    [/a/gu, /a/gu],
    [new URL('https://a.b/'), new URL('https://a.b/')],
  ])('if they hold the same (%#)', (one, other) => {
    expect(sameValue(one, other)).toBe(true)
  })

  it('if both contain themselves in the same place', () => {
    const one: unknown[] = [1]
    one.push(one)
    const other: unknown[] = [1]
    other.push(other)
    expect(sameValue(one, other)).toBe(true)
  })
})

describe('values differ', () => {
  it.each([
    [0, -0],
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[], {}],
    [{ a: undefined }, {}],
    [{ a: 1 }, { b: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    [new Date(5), new Date(6)],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [new Set([1]), new Set([2])],
    [new RangeError('far'), new TypeError('far')],
    [/a/u, /b/u],
  ])('if they do not hold the same (%#)', (one, other) => {
    expect(sameValue(one, other)).toBe(false)
  })

  it('if one contains itself and the other does not', () => {
    const one: unknown[] = [1]
    one.push(one)
    expect(sameValue(one, [1, [1, [1]]])).toBe(false)
  })
})

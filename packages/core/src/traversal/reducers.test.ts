import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReducerName } from '../model/policy.ts'
import { reducerNames, refuseValue, refuseWrite } from '../model/reducer-values.ts'
import { reducers } from './reducers.ts'

const anyValue = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
})
const anyReducer = fc.constantFrom(...(reducerNames as readonly ReducerName[]))

describe('what a reducer takes', () => {
  it.each<[ReducerName, unknown, string]>([
    ['sum', 'three', 'takes a finite number or a BigInt, and was given text'],
    ['sum', undefined, 'given undefined'],
    ['sum', null, 'given null'],
    ['sum', Number.NaN, 'given NaN'],
    ['sum', Infinity, 'given Infinity'],
    ['sum', [1], 'given a list'],
    ['max', 'z', 'given text'],
    ['max', Number.NaN, 'given NaN'],
    ['min', { n: 1 }, 'given an object (Object)'],
    ['min', true, 'given a boolean'],
    ['merge', [1, 2], 'takes a record, and was given a list'],
    ['merge', 'text', 'given text'],
    ['merge', null, 'given null'],
    ['merge', new Map([['a', 1]]), 'given an object (Map)'],
    ['merge', new Date(0), 'given an object (Date)'],
    ['append', undefined, 'takes an item or a list of items, but not undefined, and was given undefined'],
    ['union', undefined, 'given undefined'],
  ])('%s cannot take %o', (reducer, write, refusal) => {
    expect(refuseWrite(reducer, write)).toContain(refusal)
  })

  it.each<[ReducerName, unknown, unknown, unknown]>([
    ['sum', undefined, 2, 2],
    ['sum', null, 2, 2],
    ['sum', 1.5, 2, 3.5],
    ['sum', undefined, 2n, 2n],
    ['sum', 2n ** 60n, 1n, 2n ** 60n + 1n],
    ['sum', 1, 2n, 3],
    ['sum', 2n, 0.5, 2.5],
    ['max', undefined, -1, -1],
    ['max', null, -1, -1],
    ['max', 3, 10n, 10n],
    ['max', 3, Infinity, Infinity],
    ['min', null, 7, 7],
    ['min', 3n, 2.5, 2.5],
    ['merge', undefined, { a: 1 }, { a: 1 }],
    ['merge', null, { a: 1 }, { a: 1 }],
    ['merge', { a: 1, b: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['append', undefined, 'x', ['x']],
    ['append', null, ['x', 'y'], ['x', 'y']],
    ['append', ['x'], null, ['x', null]],
    ['union', undefined, [1, 1], [1]],
    ['union', [1], [2, 1], [1, 2]],
    ['set', 1, undefined, undefined],
  ])('%s makes of %o and %o what it should', (reducer, current, write, merged) => {
    expect(refuseWrite(reducer, write)).toBeUndefined()
    expect(refuseValue(reducer, current)).toBeUndefined()
    expect(reducers[reducer](current, write)).toEqual(merged)
  })

  it('never makes it throw, nor what it cannot work on at the next write', () => {
    fc.assert(
      fc.property(anyReducer, anyValue, fc.array(anyValue), (reducer, initial, writes) => {
        let value: unknown = refuseValue(reducer, initial) === undefined ? initial : undefined
        for (const write of writes) {
          if (refuseWrite(reducer, write) !== undefined) continue
          value = reducers[reducer](value, write)
          // The sum of two finite numbers may be too large for one.
          if (reducer !== 'sum') expect(refuseValue(reducer, value)).toBeUndefined()
        }
      }),
    )
  })

  it('gives a sum whose kind does not depend on the order of the writes', () => {
    const summand = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.bigInt({ min: -1000n, max: 1000n }))
    fc.assert(
      fc.property(fc.array(summand, { minLength: 1 }), (writes) => {
        const sumOf = (all: readonly unknown[]): unknown => all.reduce(reducers.sum, undefined)
        expect(sumOf(writes)).toBe(sumOf(writes.toReversed()))
      }),
    )
  })
})

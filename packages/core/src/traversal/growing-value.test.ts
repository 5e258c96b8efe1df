import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { ReducerName } from '../model/policy.ts'
import { refuseValue, refuseWrite } from '../model/reducer-values.ts'
import { GrowingValue, mergeAll } from './growing-value.ts'
import { reducers } from './reducers.ts'
import { SharedValues } from './shared-values.ts'

const growing = ['append', 'union', 'merge'] as const
const anyReducer = fc.constantFrom<ReducerName>(...growing)
const fields = fc.dictionary(fc.constantFrom('a', 'b', '1', '__proto__'), fc.nat(3), { noNullPrototype: true })
const anyValue = fc.oneof(fields, fc.array(fc.nat(4)), fc.constantFrom<unknown>(null, undefined, -0, 0, Number.NaN))

/** A write of one item, whatever the reducer. */
const itemOf = (reducer: ReducerName, at: number): unknown => (reducer === 'merge' ? { [`k${at}`]: at } : `item ${at}`)

describe('a value that grows', () => {
  it('is at each moment what its reducer makes of the writes so far, and what was read of it never changes', () => {
    const writes = fc.array(fc.tuple(anyValue, fc.boolean()))
    fc.assert(
      fc.property(anyReducer, anyValue, writes, (reducer, initial, all) => {
        fc.pre(refuseValue(reducer, initial) === undefined)
        const accepted = all.filter(([write]) => refuseWrite(reducer, write) === undefined)
        const value = new GrowingValue(reducer, initial)
        const read: unknown[] = []
        const expected: unknown[] = []
        let plain = initial
        for (const [write, isRead] of accepted) {
          plain = reducers[reducer](plain, write)
          value.add(write)
          if (!isRead) continue
          // Only what it consists of may not change; what was written is handed on as it is.
          read.push(value.read())
          expected.push(Array.isArray(plain) ? [...(plain as unknown[])] : { ...(plain as object) })
        }
        expect(read).toStrictEqual(expected)
        const merged = mergeAll(
          reducer,
          initial,
          accepted.map(([write]) => write),
        )
        expect(merged).toStrictEqual(plain)
      }),
    )
  })

  it.each(growing)('%s is not copied for each write, but once after each time that it was read', (reducer) => {
    const copies = vi.spyOn(reducers, reducer)
    const shared = new SharedValues({ key: { reducer } })
    for (let at = 0; at < 500; at++) shared.commit([{ key: 'key', value: itemOf(reducer, at) }])
    expect(copies.mock.calls.length).toBeLessThan(3)
    const read = shared.get('key')
    expect(shared.get('key')).toBe(read)
    shared.commit([{ key: 'key', value: itemOf(reducer, 500) }])
    expect(shared.get('key')).not.toBe(read)
    expect(Object.keys(read as object)).toHaveLength(500)
    copies.mockRestore()
  })
})

describe('shared values as an expression sees them', () => {
  it('are put together where they are looked at, and stay as they were then', () => {
    const shared = new SharedValues({ seen: { reducer: 'append' }, unseen: { reducer: 'union' } }, { plain: 1 })
    const write = (value: number): void => shared.commit(['seen', 'unseen'].map((key) => ({ key, value })))
    write(1)
    const scope = shared.toScope()
    expect(Object.getOwnPropertyDescriptor(scope, 'unseen')?.value).toBeUndefined()
    expect(scope).toMatchObject({ plain: 1, seen: [1], unseen: [1] })
    write(2)
    expect({ ...scope }).toEqual({ plain: 1, seen: [1], unseen: [1] })
    expect(shared.toRecord()).toEqual({ plain: 1, seen: [1, 2], unseen: [1, 2] })
  })
})

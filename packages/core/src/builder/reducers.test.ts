import { describe, expect, it } from 'vitest'
import { ofType } from './of-type.ts'
import { append, max, merge, min, shared, sum, union } from './reducers.ts'

describe('context keys', () => {
  it('are plain JSON that names the reducer', () => {
    const keys = {
      draft: shared<string>(),
      log: append<string>(),
      seen: union(['a']),
      fields: merge<{ a: number }>(),
      total: sum(0),
      best: max(),
      least: min(9),
    }
    expect(JSON.parse(JSON.stringify(keys))).toEqual({
      draft: {},
      log: { reducer: 'append' },
      seen: { reducer: 'union', initial: ['a'] },
      fields: { reducer: 'merge' },
      total: { reducer: 'sum', initial: 0 },
      best: { reducer: 'max' },
      least: { reducer: 'min', initial: 9 },
    })
  })
})

describe('ofType', () => {
  it('lets every value through as it is', () => {
    const value = { a: 1 }
    expect(ofType<{ a: number }>()['~standard'].validate(value)).toEqual({ value })
  })
})

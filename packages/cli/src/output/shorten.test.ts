import { describe, expect, it } from 'vitest'
import { columnsOf, shorten } from './shorten.ts'

describe('shortening to columns', () => {
  it('keeps what fits', () => {
    expect(shorten('fetch', 5)).toBe('fetch')
  })

  it('ends what it cuts in an ellipsis', () => {
    expect(shorten('fetch-the-page', 6)).toBe('fetch…')
  })

  it('counts wide characters twice', () => {
    expect(columnsOf('大きさ')).toBe(6)
    expect(shorten('大きさ', 5)).toBe('大き…')
  })

  it('never exceeds the columns, down to none', () => {
    for (let columns = 0; columns < 12; columns++) {
      expect(columnsOf(shorten('a大b🧵c', columns))).toBeLessThanOrEqual(columns)
    }
  })
})

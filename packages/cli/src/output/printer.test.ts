import { describe, expect, it } from 'vitest'
import { Printer } from './printer.ts'

const columnsOf = (stream: object): number | undefined => new Printer({ ...stream, write: () => true }, {}).columns

describe('the width of lines', () => {
  it('is that of the terminal, 80 where it says none, and has no limit elsewhere', () => {
    expect(columnsOf({ isTTY: true, columns: 120 })).toBe(120)
    expect(columnsOf({ isTTY: true, columns: 0 })).toBe(80)
    expect(columnsOf({ isTTY: true })).toBe(80)
    expect(columnsOf({ columns: 120 })).toBeUndefined()
  })
})

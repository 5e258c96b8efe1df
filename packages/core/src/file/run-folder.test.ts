import { describe, expect, it } from 'vitest'
import { randomOf } from '../../test/simulated-disk.ts'
import { folderName, runIdOf } from './run-folder.ts'

const alphabet = 'ABCXYZabcxyz0189_.-'
const random = randomOf(7)
const randomId = (): string =>
  Array.from({ length: 1 + Math.floor(random() * 8) }, () => alphabet.charAt(random() * alphabet.length)).join('')

const ids = [
  ...'. .. ... a. a A aA Aa con CON Con nul.txt com1 COM1 lpt9 aux. -'.split(' '),
  ...'order-7 0189abcdef Order.7 constructor'.split(' '),
  'A'.repeat(128),
  'aB'.repeat(64),
  '.'.repeat(128),
  ...Array.from({ length: 2000 }, randomId),
]

describe('the folder of a run', () => {
  it('is named after the run so that the run can be told from it', () => {
    for (const id of ids) expect(runIdOf(folderName(id))).toBe(id)
  })

  it('is another one for another run, also where capitals do not count', () => {
    const names = new Set(ids.map((id) => folderName(id).toLowerCase()))
    expect(names.size).toBe(new Set(ids).size)
  })

  it('has a name that every file system takes', () => {
    for (const name of ids.map(folderName)) {
      expect(name).toMatch(/^[a-z0-9_+=-]{1,200}$/u)
      expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)$/u)
    }
  })

  it('is the id itself where that is safe', () => {
    expect(folderName('order-7_a')).toBe('order-7_a')
    expect(folderName('Order.7')).toBe('order+7=1')
    expect(folderName('con')).toBe('con=0')
  })

  it('is none of ours if it has another name', () => {
    const names = [
      '.DS_Store',
      'A',
      'a=0',
      'a=2',
      'a=1f',
      'a=01',
      'con',
      'a b',
      '',
      '=1',
      'a=',
      '__proto__',
      'x'.repeat(129),
    ]
    for (const name of names) expect(runIdOf(name)).toBeUndefined()
  })
})

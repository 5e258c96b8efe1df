import { describe, expect, it } from 'vitest'
import { onlyColours, printableLine, printableText } from './printable.ts'

describe('text from outside', () => {
  it('loses escape sequences as a whole', () => {
    expect(printableText('a\u001B[31mred\u001B[0m\u001B]0;title\u0007b')).toBe('aredb')
  })

  it('loses lone control characters of both blocks, carriage returns and turners of direction', () => {
    expect(printableText('a\u0000b\u0008c\rd\u009Be\u007Ff\u202Eg\u2066h')).not.toMatch(/[^a-h]/u)
  })

  it('keeps its lines, or becomes one line', () => {
    expect(printableText('one\r\n\ttwo')).toBe('one\n  two')
    expect(printableLine(' one\n  two\t three ')).toBe('one two three')
  })

  it('keeps letters of every script', () => {
    expect(printableText('Größe 大きさ 🧵')).toBe('Größe 大きさ 🧵')
  })
})

describe('the last barrier before a terminal', () => {
  it('lets colours through and nothing else', () => {
    expect(onlyColours('\u001B[31mred\u001B[39m\u001B[2J\u001B[1;1H!')).toBe('\u001B[31mred\u001B[39m!')
  })
})

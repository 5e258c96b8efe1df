import { describe, expect, it } from 'vitest'
import { isHeddleError } from '../errors/heddle-error.ts'
import { parseDuration, type Duration } from './duration.ts'

const codeOf = (value: unknown): unknown => {
  try {
    return parseDuration(value as Duration, 'timeout of node "a"')
  } catch (error) {
    return isHeddleError(error, 'INVALID_OPTION') ? 'INVALID_OPTION' : error
  }
}

describe('parseDuration', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['2s', 2000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1.5h', 5_400_000],
    ['2 s', 2000],
    ['0.0004s', 0],
    [250, 250],
    [0, 0],
    [1.6, 2],
  ] as const)('reads %s as %d ms', (text, durationMs) => {
    expect(parseDuration(text as Duration)).toBe(durationMs)
  })

  const hostile: readonly unknown[] = [
    '',
    's',
    '2',
    '2 parsecs',
    '-1s',
    '+1s',
    '1e3s',
    '0x10s',
    '1.s',
    '.5s',
    '1s ',
    ' 1s',
    '1s2m',
    '1S',
    '1s\n',
    '１s',
    'Infinitys',
    'constructor',
    '999999999999999w',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    null,
    undefined,
    true,
    10n,
    {},
    [],
    ['2s'],
    Symbol('2s'),
    () => '2s',
    { valueOf: () => 5, toString: () => '5s' },
    new Date(5),
  ]

  it.each(hostile.map((value) => ({ value })))('refuses $value', ({ value }) => {
    expect(codeOf(value)).toBe('INVALID_OPTION')
  })

  it('refuses a text of a million digits', () => {
    expect(codeOf(`${'9'.repeat(1_000_000)}s`)).toBe('INVALID_OPTION')
  })

  it('names the option and shortens the value', () => {
    expect(() => parseDuration('x'.repeat(500) as Duration, 'timeout of node "a"')).toThrow(
      /^timeout of node "a" is "x{40}…", which is not a duration; give milliseconds/u,
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { CelEvaluator } from './cel-evaluator.ts'
import { TextPattern } from './text-pattern.ts'

/** Steps of a search; a search that takes more than it may is ended. */
function search(pattern: string, text: string, maxSteps = Infinity): { found: boolean; steps: number } {
  let steps = 0
  const found = new TextPattern(pattern).test(text, (count) => {
    steps += count
    if (steps > maxSteps) throw new HeddleError('LIMIT_EXCEEDED', `${pattern} takes more than ${maxSteps} steps`)
  })
  return { found, steps }
}

function refusalOf(pattern: string): HeddleError {
  try {
    void new TextPattern(pattern)
  } catch (error) {
    if (isHeddleError(error)) return error
    throw error
  }
  throw new Error(`${pattern} was not refused`)
}

/** Patterns known for the time that they take, a text that makes them take it, and whether they fit it. */
const catastrophic: readonly (readonly [string, (length: number) => string, boolean])[] = [
  ['^(a+)+$', (n) => `${'a'.repeat(n)}!`, false],
  ['(a+)+b', (n) => 'a'.repeat(n), false],
  ['^([a-zA-Z]+)*$', (n) => `${'a'.repeat(n)}!`, false],
  ['^(a|aa)+$', (n) => `${'a'.repeat(n)}!`, false],
  ['^(a|a)*$', (n) => `${'a'.repeat(n)}!`, false],
  ['^(a|a?)+$', (n) => `${'a'.repeat(n)}!`, false],
  ['^(.*a){12}$', (n) => `${'a'.repeat(n)}!`, false],
  ['(x+x+)+y', (n) => 'x'.repeat(n), false],
  ['(.*)*=', (n) => 'x'.repeat(n), false],
  ['^(\\w+\\s?)*$', (n) => `${'word '.repeat(n / 5)}!`, false],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', (n) => 'a'.repeat(n), false],
  ['^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$', (n) => `${'a'.repeat(n)}!`, false],
  ['^(\\d+)*\\.(\\d+)*$', (n) => '1'.repeat(n), false],
  ['^(([^<>()]+)+)@x$', (n) => 'a'.repeat(n), false],
  ['(?:(?:a*)*)*b', (n) => 'a'.repeat(n), false],
  ['\\s*\\s*\\s*\\s*$', (n) => `${' '.repeat(n)}x`, true],
  ['^\\s+|\\s+$', (n) => `x${' '.repeat(n)}x`, false],
  ['a*a*a*a*a*b', (n) => 'a'.repeat(n), false],
  ['.*.*.*=.*', (n) => 'x'.repeat(n), false],
]

/** Patterns of everyday life, with a text that fits and one that does not. */
const ordinary: readonly (readonly [string, string, string])[] = [
  ['^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$', 'ada@example.org', 'ada@example'],
  ['^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$', 'a.b+c@d-e.co.uk', 'a b@c.d'],
  ['^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$', '123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3'],
  ['^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$', '1.20.3-rc.1+build.5', '1.2'],
  ['^https?://[\\w.-]+(:\\d{1,5})?(/[^\\s?#]*)?(\\?[^\\s#]*)?(#\\S*)?$', 'https://x.org:80/a/b?c=d#e', 'ftp://x.org'],
  ['^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', '2024-02-29', '2024-13-01'],
  ['^(?<hours>[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?$', '23:59:00', '24:00'],
  ['^(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$', '192.168.0.1', '256.1.1.1'],
  ['\\bcat\\b', 'a cat sat', 'concatenate'],
  ['\\Bcat\\B', 'concatenate', 'a cat'],
  ['^#([0-9A-Fa-f]{3}){1,2}$', '#c0ffee', '#c0ff'],
  ['^[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}$', 'DE44 5001 0517 5407 3249', 'DE4'],
  ['^\\+?[\\d ()-]{7,20}$', '+49 (30) 123-456', 'call me'],
  ['^(alpha|beta|stable)$', 'beta', 'betamax'],
  ['error|warn(ing)?', 'a warning', 'fine'],
  ['^[\\s\\S]{0,2000}$', 'any\ntext\u2028', 'x'.repeat(2001)],
  ['^\\u00e9t\\xe9[^]\\cJ?$', 'été\n', 'ete'],
  ['[\\]\\\\^-]{2,}?', 'a]-b', 'abc'],
  ['a{,2}b{x}', 'a{,2}b{x}', 'aab'],
]

describe('patterns that take the engine of JavaScript years', () => {
  it.each(catastrophic)('%s takes steps by the length of the text', (pattern, textOf, found) => {
    const short = search(pattern, textOf(1000))
    const long = search(pattern, textOf(10_000), short.steps * 11)
    expect([short.found, long.found]).toEqual([found, found])
  })

  it('are answered in an expression, also inside of another one', () => {
    const evaluate = (text: string, result: unknown): unknown => new CelEvaluator().compile(text).evaluate({ result })
    expect(evaluate(`result.matches('^(a+)+$')`, `${'a'.repeat(50_000)}!`)).toBe(false)
    expect(evaluate(`result.exists(one, one.matches('^(a|aa)+$'))`, ['a'.repeat(5000), '!'])).toBe(true)
  })
})

describe('what an expression may look through', () => {
  it('fails for a text that is longer than the limit', () => {
    const compiled = new CelEvaluator().compile(`result.matches('^a+$')`)
    expect(compiled.evaluate({ result: 'a'.repeat(100_000) })).toBe(true)
    expect(() => compiled.evaluate({ result: 'a'.repeat(100_001) })).toThrow(
      expect.objectContaining({
        code: 'EXPRESSION_FAILED',
        details: expect.objectContaining({ limit: 'maxMatchedLength' }) as unknown,
      }),
    )
  })

  it('fails when all searches of an expression together take too long', () => {
    const compiled = new CelEvaluator().compile(`result.all(one, !one.matches('(.{0,500})+y$'))`)
    expect(() => compiled.evaluate({ result: Array.from({ length: 10 }, () => 'x'.repeat(10_000)) })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ limit: 'maxSteps' }) as unknown }),
    )
  })

  it('fails for what is no text', () => {
    const compiled = new CelEvaluator().compile(`result.matches('a')`)
    expect(() => compiled.evaluate({ result: 7 })).toThrow(expect.objectContaining({ code: 'EXPRESSION_FAILED' }))
  })
})

describe('patterns that are refused', () => {
  it.each([
    ['^(a)\\1$', 'back-reference'],
    ['(?<x>a)\\k<x>', 'back-reference'],
    ['^(?=.*\\d).{8,}$', 'looks ahead'],
    ['(?!x)y', 'looks ahead'],
    ['(?<=x)y', 'behind'],
    ['(?<!x)y', 'behind'],
    ['(', 'not a regular expression'],
    ['a**', 'not a regular expression'],
    ['((a{1,100}){1,100}){1,100}', 'more than 5000 parts'],
    ['((((){1000}){1000}){1000}){1000}', 'more than 5000 parts'],
    ['a{99999999999}', 'more than 5000 parts'],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'inside of each other'],
  ])('%s is refused, with the reason', (pattern, reason) => {
    expect(refusalOf(pattern)).toMatchObject({ code: 'EXPRESSION_INVALID' })
    expect(refusalOf(pattern).message).toContain(reason)
    const expression = `result.matches(${JSON.stringify(pattern)})`
    expect(() => new CelEvaluator().compile(expression)).toThrow(
      expect.objectContaining({
        code: 'EXPRESSION_INVALID',
        message: expect.stringContaining(`the pattern ${JSON.stringify(pattern)} of matches() `) as unknown,
      }),
    )
  })
})

describe('what a pattern says', () => {
  it.each(ordinary)('%s fits %j and not %j', (pattern, fits, other) => {
    expect([search(pattern, fits).found, search(pattern, other).found]).toEqual([true, false])
    expect([new RegExp(pattern).test(fits), new RegExp(pattern).test(other)]).toEqual([true, false])
  })

  const unit = fc.constantFrom(
    'a',
    'b',
    ' ',
    '.',
    '\\w',
    '\\s',
    '[ab]',
    '[^a]',
    '[]',
    '\\u0061',
    '\\x62',
    'é',
    '_',
    '{',
  )
  const pattern = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      unit,
      fc.constantFrom('^', '$', '\\b', '\\B', '', '()'),
      fc.tuple(tie('any'), tie('any')).map(([left, right]) => left + right),
      fc.tuple(tie('any'), tie('any')).map(([left, right]) => `(${left}|${right})`),
      fc
        .tuple(tie('any'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{1,}', '{0,2}', '{1,3}?'))
        .map(([body, sign]) => `(?:${body})${sign}`),
    ),
  })).any
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '_', '\n', '{'), maxLength: 8 })

  it('is what the engine of JavaScript says', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 4 }), (source, texts) => {
        for (const one of texts) {
          expect(search(source, one).found, `${source} in ${JSON.stringify(one)}`).toBe(new RegExp(source).test(one))
        }
      }),
      { numRuns: 3000 },
    )
  })
})

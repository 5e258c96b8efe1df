import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExpressionScope } from '../ports/evaluator.ts'
import { CelEvaluator } from './cel-evaluator.ts'
import { containsText, countCodePoints } from './contains-text.ts'

const evaluator = new CelEvaluator()
const evaluate = (expression: string, scope: ExpressionScope = {}): unknown =>
  evaluator.compile(expression).evaluate(scope)

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const record = (count: number): object => Object.fromEntries(numbers(count).map((index) => [`k${index}`, index]))
const text = 'a'.repeat(1_000_000)
const many = numbers(40_000)

/** What the variables hold: of each kind two large ones that are equal, where equality takes longest. */
const scope = {
  result: many,
  action: `${text}b`,
  input: {
    text,
    same: `${text}b`,
    part: `${'a'.repeat(500)}b${'a'.repeat(500)}`,
    list: numbers(100_000),
    sameList: numbers(100_000),
    fields: record(10_000),
    sameFields: record(10_000),
    records: numbers(1000).map((id) => ({ id })),
    bytes: new Uint8Array(1_000_000),
    big: 2n ** 1_000_000n,
    digits: '1'.repeat(5000),
    at: new Date(0),
  },
}

function failureOf(expression: string): unknown {
  try {
    return evaluate(expression, scope)
  } catch (error) {
    return error
  }
}

describe('the work of one evaluation', () => {
  it.each([
    'result.map(i, (i + 0.5) in result)',
    'result.map(i, input.same in [input.text, action])',
    'result.map(i, {"id": i} in input.records)',
    'result.map(i, size(input.text))',
    'result.map(i, input.text.size())',
    'result.map(i, size(input.fields))',
    'result.map(i, input.text.contains("ab"))',
    'result.map(i, input.text.indexOf("ab"))',
    'input.text.indexOf(input.part)',
    'input.text.lastIndexOf(input.part)',
    'result.map(i, action.endsWith(input.same))',
    'result.map(i, input.text.lowerAscii() == "a")',
    'result.map(i, input.text.split("b"))',
    'input.text.split(input.part)',
    'result.map(i, input.list.map(j, "").join(input.text))',
    'result.map(i, bytes(input.text) == b"a")',
    'result.map(i, input.bytes.hex())',
    'result.map(i, input.bytes + input.bytes)',
    'result.map(i, input.digits + "x")',
    'result.map(i, input.list + input.list)',
    'result.map(i, input.same == action)',
    'result.map(i, input.same != action)',
    'result.map(i, input.same < action)',
    'result.map(i, input.list == input.sameList)',
    'result.map(i, input.fields == input.sameFields)',
    'result.map(i, input.fields == null)',
    'result.map(i, [[input.fields]] == [])',
    'result.map(i, input.fields.exists(name, true))',
    'result.exists(i, input.big * input.big == i)',
    'result.map(i, string(input.big))',
    'duration(input.digits)',
    'result.map(i, input.at.getHours("Europe/Berlin"))',
    'result.exists(i, i.missing == 1)',
    'result.exists(i, i.missing == 1 || i.missing == 2)',
  ])('is charged for what grows with the data: %s ends', (expression) => {
    expect(failureOf(expression)).toMatchObject({ code: 'EXPRESSION_FAILED', details: { limit: 'maxSteps' } })
  })

  it.each([
    ['size(input.long)', 15_000_000],
    ['input.long.contains("b")', false],
    ['input.text.contains(input.part)', false],
    ['action.contains(input.part + "")', false],
    ['input.list == input.sameList', true],
    ['input.fields == input.sameFields', true],
    ['99999 in input.list && !(0.5 in input.list)', true],
    ['result.filter(i, input.list == []).size()', 0],
    ['result.filter(i, input.text == "a" || input.text.startsWith("b")).size()', 0],
    ['result.map(i, input.text.substring(0, 1)).size()', 40_000],
    ['input.records.filter(it, it in input.few).size()', 200],
    ['input.at.getHours("UTC") + input.at.getHours("UTC")', 0],
  ])('leaves %s alone', (expression, expected) => {
    const input = { ...scope.input, few: scope.input.records.slice(0, 200), long: 'a'.repeat(15_000_000) }
    expect(evaluate(expression, { ...scope, input })).toBe(expected)
  })

  it('hands on what it holds many times over without looking at it each time', () => {
    const row = `[${Array.from({ length: 10 }, () => 'x').join(', ')}]`
    const nested = Array.from({ length: 20 }).reduce<string>((inner) => `cel.bind(x, ${row}, ${inner})`, 'x')
    let value = evaluate(`cel.bind(x, [1], ${nested})`)
    for (let depth = 0; depth < 20; depth++) value = (value as unknown[])[9]
    expect(value).toEqual([1])
    const rows = evaluate('result.map(i, input.fields)', scope) as unknown[]
    expect(rows[39_999]).toBe(scope.input.fields)
  })
})

describe('looking for a text in another', () => {
  it('finds what the search of JavaScript finds', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 200 })
    const part = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 15, maxLength: 40 })
    fc.assert(
      fc.property(few, part, few, (before, wanted, after) => {
        expect(containsText(before + wanted + after, wanted)).toBe(true)
        expect(containsText(before + after, wanted)).toBe((before + after).includes(wanted))
      }),
    )
  })

  it('counts the code points of a text as an iteration does', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => countCodePoints(any) === Array.from(any).length))
    expect(countCodePoints('\uD83E\uDDF5\uDDF5\uD83Ex')).toBe(4)
  })
})

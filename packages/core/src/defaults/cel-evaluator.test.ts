import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeddleError } from '../errors/heddle-error.ts'
import type { ExpressionScope } from '../ports/evaluator.ts'
import { CelEvaluator } from './cel-evaluator.ts'

const evaluator = new CelEvaluator()
const evaluate = (expression: string, scope: ExpressionScope = {}): unknown =>
  evaluator.compile(expression).evaluate(scope)

/** The error that a call throws. */
function errorOf(call: () => unknown): HeddleError {
  try {
    call()
  } catch (error) {
    return error as HeddleError
  }
  throw new Error('nothing was thrown')
}

describe('numbers', () => {
  it.each([
    ['result.n > 3', true],
    ['result.n >= 4.0', true],
    ['3 < result.n', true],
    ['result.n == 4', true],
    ['4 == result.n', true],
    ['result.n != 4', false],
    ['result.n + 1', 5],
    ['1 + result.n', 5],
    ['result.n - 1', 3],
    ['result.n * 2 == 8', true],
    ['result.n * 2.0 == 8', true],
    ['8 == result.n * 2.0', true],
    ['result.n / 8', 0.5],
    ['result.n % 3 == 1', true],
    ['7 % result.n', 3],
    ['-result.n', -4],
    ['size(result.list) == result.n - 1', true],
    ['size(result.list) * result.n', 12],
    ['result.list[result.n - 3]', 2],
    ['result.list[0] + 1', 2],
    ['result.n in [3, 4]', true],
    ['result.list == [1, 2, 3]', true],
    ['result.list.map(x, x * 2)', [2, 4, 6]],
    ['result.list.filter(x, x > 1).size()', 2],
    ['int(result.n) % 3', 1],
    ['1 + 1', 2],
    ['{"count": size(result.list), "rest": [result.n, 1]}', { count: 3, rest: [4, 1] }],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['duration("90m")', 5_400_000],
    ['type(result.n)', 'double'],
  ])('%s gives the number, list or text that one expects', (expression, expected) => {
    expect(evaluate(expression, { result: { n: 4, list: [1, 2, 3] } })).toEqual(expected)
  })

  it('keeps a BigInt of the data as it is, and compares it with numbers', () => {
    expect(evaluate('result.big', { result: { big: 5n } })).toBe(5n)
    expect(evaluate('result.big == 5 && result.big > 4.5', { result: { big: 5n } })).toBe(true)
    expect(evaluate('result', { result: { big: 5n } })).toEqual({ big: 5n })
  })
})

describe('what an expression sees', () => {
  it('sees null where a variable is absent or undefined', () => {
    expect(evaluate('action == null && deps == null')).toBe(true)
    expect(evaluate('result', { result: undefined })).toBeNull()
  })

  it('sees an error as name, message and code', () => {
    const error = new HeddleError('NODE_TIMEOUT', 'too slow', { cause: new Error('inner') })
    expect(evaluate('result.code == "NODE_TIMEOUT" && result.name == "HeddleError"', { result: error })).toBe(true)
    expect(evaluate('result.error.code == null', { result: { error: new TypeError('x') } })).toBe(true)
    expect(errorOf(() => evaluate('result.stack', { result: error })).code).toBe('EXPRESSION_FAILED')
    expect(evaluate('result.error', { result: { error } })).toBe(error)
  })

  it('compares dates as timestamps', () => {
    const result = { at: new Date('2024-05-01T00:00:00Z') }
    expect(evaluate('result.at > timestamp("2024-01-01T00:00:00Z")', { result })).toBe(true)
    expect(evaluate('result.at.getFullYear()', { result })).toBe(2024)
    expect(evaluate('result.at', { result })).toBe(result.at)
  })

  it('looks into maps, sets, bytes and instances of classes', () => {
    class Point {
      readonly x = 3
      readonly #y = 4
      y(): number {
        return this.#y
      }
    }
    const result = {
      map: new Map<unknown, unknown>([
        ['a', 1],
        [7, 'seven'],
      ]),
      set: new Set([1, 2]),
      bytes: new Uint8Array([1, 2]),
      point: new Point(),
    }
    expect(evaluate('result.map.a == 1 && result.map[7] == "seven"', { result })).toBe(true)
    expect(evaluate('2 in result.set && size(result.bytes) == 2', { result })).toBe(true)
    expect(evaluate('result.point.x', { result })).toBe(3)
    expect(evaluate('has(result.point.y)', { result })).toBe(false)
    expect(evaluate('result.point', { result })).toBe(result.point)
  })

  it('leaves out functions, symbols and undefined, as JSON does', () => {
    const result = { f: () => 1, s: Symbol('s'), u: undefined, list: [() => 1, undefined], promise: Promise.resolve(1) }
    expect(evaluate('has(result.f) || has(result.s) || has(result.u)', { result })).toBe(false)
    expect(evaluate('result.list == [null, null]', { result })).toBe(true)
    expect(evaluate('size(result)', { result })).toBe(2)
  })

  it('ends a circle in null and hands the circular value on as it was', () => {
    const result: { self?: unknown; n: number } = { n: 1 }
    result.self = result
    expect(evaluate('size(result) == 2 && result["self"] == null', { result })).toBe(true)
    expect(evaluate('{"it": result}', { result })).toEqual({ it: result })
    expect((evaluate('[result]', { result }) as unknown[])[0]).toBe(result)
  })

  it('hands plain data on by identity', () => {
    const result = { items: [{ a: 1 }] }
    expect(evaluate('result.items', { result })).toBe(result.items)
    expect((evaluate('{"x": result.items}', { result }) as { x: unknown }).x).toBe(result.items)
  })

  it('does not look at fields that the expression does not name', () => {
    const result = {
      ok: true,
      get heavy(): number {
        throw new Error('looked at')
      },
    }
    expect(evaluate('result.ok', { result })).toBe(true)
  })

  it('copes with values as deep as they are, up to a limit', () => {
    let result: unknown = 1
    for (let depth = 0; depth < 500; depth++) result = [result]
    expect(errorOf(() => evaluate('size(result)', { result })).code).toBe('EXPRESSION_FAILED')
  })
})

describe('errors', () => {
  it.each([
    ['result.a ==', 0, 1],
    ['result.a +\n* 2', 11, 2],
    ['foo > 1', 0, 1],
    ['result.a && size(1, 2)', 12, 1],
    ['"abc', 0, 1],
    ['', 0, 1],
  ])('%j is refused when compiled, with its position', (expression, position, line) => {
    const error = errorOf(() => evaluator.compile(expression))
    expect(error.code).toBe('EXPRESSION_INVALID')
    expect(error.details).toMatchObject({ expression, line })
    expect(error.details['position']).toBeGreaterThanOrEqual(position)
    expect(error.message).toContain(JSON.stringify(expression))
  })

  it.each(['result.missing', 'result.n + "a"', 'result.n ? 1 : 2', 'result.list[9]', '!result.n', '1 / 0'])(
    '%s fails when evaluated, with the expression named',
    (expression) => {
      const error = errorOf(() => evaluate(expression, { result: { n: 1, list: [] } }))
      expect(error.code).toBe('EXPRESSION_FAILED')
      expect(error.details['expression']).toBe(expression)
      expect(error.retryable).toBe(false)
    },
  )

  it.each([
    `${'!'.repeat(8000)}true`,
    '('.repeat(500),
    `[${'1,'.repeat(2000)}1]`,
    `1${' + 1'.repeat(3000)}`,
    'a'.repeat(10_000),
  ])('an expression that is too large or too deep is refused when compiled', (expression) => {
    expect(errorOf(() => evaluator.compile(expression)).code).toBe('EXPRESSION_INVALID')
  })

  it('ends an expression that takes too many steps', () => {
    const result = Array.from({ length: 1000 }, (_, index) => index)
    const nested = 'result.all(a, result.all(b, result.all(c, result.all(d, a + b + c + d >= 0 || true))))'
    expect(errorOf(() => evaluate(nested, { result })).details).toMatchObject({ limit: 'maxSteps' })
    expect(new CelEvaluator({ maxSteps: 3 }).compile('1 == 1').evaluate({})).toBe(true)
    expect(errorOf(() => new CelEvaluator({ maxSteps: 2 }).compile('1 == 1').evaluate({})).code).toBe(
      'EXPRESSION_FAILED',
    )
  })

  it('ends an expression that makes something too large', () => {
    const text = Array.from({ length: 25 }).reduce<string>(
      (inner, _, i) => `cel.bind(v${i + 1}, v${i} + v${i}, ${inner})`,
      'v25',
    )
    expect(errorOf(() => evaluate(`cel.bind(v0, "aaaa", ${text.replace('v25)', 'v0)')})`)).code).toMatch(/^EXPRESSION_/)
    const doubled = `[result]${'.map(x, x + x)'.repeat(30)}`
    expect(errorOf(() => evaluate(doubled, { result: 'abcd' })).details).toMatchObject({ limit: 'maxMadeLength' })
    expect(errorOf(() => evaluate(doubled, { result: [1, 2] })).details).toMatchObject({ limit: 'maxMadeLength' })
  })

  it('refuses a regular expression that is not a literal, or none', () => {
    expect(evaluate('result.matches("^a+$")', { result: 'aaa' })).toBe(true)
    expect(errorOf(() => evaluator.compile('result.matches(input)')).code).toBe('EXPRESSION_INVALID')
    expect(errorOf(() => evaluator.compile('result.matches("(")')).code).toBe('EXPRESSION_INVALID')
  })
})

describe('memory of compiled expressions', () => {
  it('gives the same compiled expression for the same text, and forgets the one that was not used longest', () => {
    const small = new CelEvaluator({ cacheSize: 2 })
    const first = small.compile('1 == 1')
    const second = small.compile('2 == 2')
    expect(small.compile('1 == 1')).toBe(first)
    small.compile('3 == 3')
    expect(small.compile('1 == 1')).toBe(first)
    expect(small.compile('2 == 2')).not.toBe(second)
  })
})

describe('hostile expressions and data', () => {
  it.each([
    'result.constructor',
    'result.__proto__',
    'result["__proto__"]',
    'has(result.prototype)',
    'timestamp("2024-01-01T00:00:00Z").__proto__',
  ])('%s is refused when compiled', (expression) =>
    expect(errorOf(() => evaluator.compile(expression)).code).toBe('EXPRESSION_INVALID'),
  )

  it.each([
    'result.d["__pro" + "to__"]',
    'timestamp("2024-01-01T00:00:00Z")["__pro" + "to__"]',
    'dyn(cel)["__pro" + "to__"]["__pro" + "to__"]',
    'duration("1s")["__pro" + "to__"]',
    'result.d["con" + "structor"]',
    'result["__pro" + "to__"]',
    'result.list["__pro" + "to__"]',
    '"x"["con" + "structor"]',
    'cel',
  ])('%s fails', (expression) => {
    const call = (): unknown => evaluate(expression, { result: { d: new Date(0), list: [] } })
    expect(errorOf(call).code).toMatch(/^EXPRESSION_/)
  })

  it('works on data that has hostile fields of its own, which it does not show', () => {
    const result: unknown = JSON.parse(
      '{"constructor": "Ferrari", "prototype": 1, "__proto__": {"admin": true}, "hasOwnProperty": 7, "n": 1}',
    )
    expect(evaluate('result.n == 1 && result.hasOwnProperty == 7', { result })).toBe(true)
    expect(evaluate('size(result)', { result })).toBe(2)
    expect(evaluate('"admin" in result || "toString" in result', { result })).toBe(false)
    expect(evaluate('bytes("{\\"__proto__\\": {\\"a\\": 1}, \\"b\\": 2}").json()')).toEqual({ b: 2 })
  })

  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'a',
    'd',
    'list',
    'map',
    'toString',
    '__defineGetter__',
    'cel',
    'call',
    'length',
    'error',
  ]
  const name = fc.constantFrom(...names)
  const split = name.chain((text) => fc.nat(text.length).map((at) => `"${text.slice(0, at)}" + "${text.slice(at)}"`))
  const access = fc.oneof(
    name.map((text) => `.${text}`),
    name.map((text) => `["${text}"]`),
    split.map((text) => `[${text}]`),
    fc.constantFrom(
      '[0]',
      '[input]',
      '[result.key]',
      '.getFullYear()',
      '.size()',
      '.map(x, x)',
      '.map(x, x.constructor)',
      '.map(x, x[input])',
    ),
  )
  const base = fc.constantFrom(
    'result',
    'result.d',
    'result.list',
    'result.map',
    'result.error',
    'cel',
    'google',
    'dyn(cel)',
    'int',
    'timestamp("2024-01-01T00:00:00Z")',
    'duration("1s")',
    'b"x"',
    '"text"',
    '[1]',
    '{"a": 1}',
    '1',
    '1u',
    'type(1)',
    'context',
    'deps',
  )
  const path = fc
    .tuple(base, fc.array(access, { minLength: 1, maxLength: 5 }))
    .map(([root, steps]) => root + steps.join(''))
  const expression = fc.oneof(
    path,
    path.map((text) => `has(${text})`),
    path.map((text) => `[${text}]`),
    path.map((text) => `{"x": ${text}}`),
    fc.tuple(path, path).map(([a, b]) => `${a} == ${b}`),
    fc.tuple(path, path).map(([a, b]) => `${a} in ${b}`),
  )

  it('never gives a function or a prototype, throws only its own errors, and changes nothing', () => {
    const before = intrinsics()
    fc.assert(
      fc.property(expression, name, hostileValue(), (text, key, value) => {
        const scope = {
          result: value,
          input: key,
          context: { d: new Date(0), error: new Error('e') },
          deps: hostileObject(),
        }
        try {
          expect(reaches(evaluate(text, scope), scope)).toBeUndefined()
        } catch (error) {
          expect((error as HeddleError).code, `${text}: ${String(error)}`).toMatch(/^EXPRESSION_/)
        }
      }),
      { numRuns: 5000 },
    )
    expect(intrinsics()).toEqual(before)
  })

  it('never lets anything but its own errors out of arbitrary text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'result.[]()+-*/%"\'!&|?:,{}10x ') })),
        (text) => {
          try {
            evaluate(text, { result: [1] })
          } catch (error) {
            expect((error as HeddleError).code).toMatch(/^EXPRESSION_/)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})

/** An object with everything that JSON cannot hold. */
function hostileObject(): object {
  class Sub extends Date {
    readonly a = 1
  }
  const polluted = Object.defineProperty({ a: 1 }, '__proto__', { value: Object.prototype, enumerable: true })
  return {
    a: Function,
    d: new Sub(0),
    list: [Object, Array.prototype, polluted],
    map: new Map<unknown, unknown>([
      ['__proto__', Object.prototype],
      ['constructor', Function],
      ['a', {}],
    ]),
    error: Object.assign(new Error('e'), { constructor: Map, code: () => 1 }),
    key: '__proto__',
    constructor: Date,
    prototype: Function.prototype,
    toString: () => 'x',
    array: Object.assign([1], { constructor: Map, get: () => Function }),
  }
}

function hostileValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constant(null).map(hostileObject),
    fc.constant(null).map(() => Object.assign(Object.create({ inherited: 1 }) as object, hostileObject())),
    fc.constantFrom<unknown>(
      Object.prototype,
      Date.prototype,
      Function,
      Math,
      globalThis,
      Symbol.iterator,
      new Proxy({}, {}),
      1n,
      Number.NaN,
      '',
    ),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withObjectString: true,
    }),
  )
}

/** The first function or prototype inside a value, unless it is part of what was handed in. */
function reaches(value: unknown, scope: object): unknown {
  const handedIn = new Set<unknown>()
  collect(scope, handedIn)
  const seen = new Set<unknown>()
  // A function is never allowed by itself, only inside of something that was handed in and is handed on as it was.
  collect(value, seen, new Set([...handedIn].filter((item) => typeof item === 'object')))
  return [...seen].find((item) => typeof item === 'function' || isPrototype(item))
}

function collect(value: unknown, into: Set<unknown>, without = new Set<unknown>()): void {
  if (into.has(value) || without.has(value)) return
  into.add(value)
  if (typeof value !== 'object' || value === null || value === globalThis) return
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) collect(inner, into, without)
}

function isPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'constructor')) return false
  return typeof value.constructor === 'function' && value.constructor.prototype === value
}

function intrinsics(): unknown {
  return [Object.prototype, Array.prototype, Date.prototype, Map.prototype, Function.prototype].map((prototype) =>
    Object.getOwnPropertyNames(prototype),
  )
}

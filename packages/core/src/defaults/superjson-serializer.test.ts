import fc from 'fast-check'
import { SuperJSON } from 'superjson'
import { describe, expect, it } from 'vitest'
import { HeddleError } from '../errors/heddle-error.ts'
import { SuperjsonSerializer } from './superjson-serializer.ts'

const serializer = new SuperjsonSerializer()
const roundTrip = (value: unknown): unknown => serializer.deserialize(serializer.serialize(value))

/** The error that a call throws. */
function errorOf(call: () => unknown): HeddleError {
  try {
    call()
  } catch (error) {
    return error as HeddleError
  }
  throw new Error('nothing was thrown')
}

describe('what survives', () => {
  it.each<[string, unknown]>([
    ['a date', new Date('2024-02-29T12:00:00.123Z')],
    ['an invalid date', new Date(Number.NaN)],
    [
      'a map',
      new Map<unknown, unknown>([
        [{ key: 1 }, new Map([[1, 2]])],
        ['b', undefined],
      ]),
    ],
    [
      'a map with dates as keys',
      new Map([
        [new Date(1), 1],
        [new Date(2), 2],
        [new Date(3), 3],
      ]),
    ],
    ['a set', new Set<unknown>([1n, 'a', new Set([null])])],
    ['a BigInt', { big: 12_345_678_901_234_567_890n }],
    ['undefined', { a: undefined, list: [undefined, 1, undefined] }],
    ['numbers that JSON lacks', [Number.NaN, Infinity, -Infinity, -0]],
    ['a regular expression and a URL', [/a+/gi, new URL('https://example.org/a?b=c')]],
    ['bytes', new Uint8Array([0, 1, 254, 255])],
    ['other typed arrays', [new Float64Array([1.5, -2]), new Int32Array([7])]],
    ['nothing', undefined],
    ['names with dots and backslashes', { 'a.b': new Date(1), 'c\\d': { 'e.f\\.g': 1n } }],
    ['names of Object.prototype', { toString: 1, hasOwnProperty: new Date(1), __defineGetter__: 2n }],
    ['names that lead to code', { constructor: 1, prototype: { constructor: new Date(1) }, ':constructor': { a: 2n } }],
    [
      'such names everywhere',
      [
        new Map<unknown, unknown>([[{ constructor: 1 }, new Set([{ prototype: undefined }])]]),
        new Error('x', { cause: { details: { '::prototype': 1, constructor: new Map([[1, { constructor: 2n }]]) } } }),
        new HeddleError('INVALID_INPUT', 'x', { details: { constructor: ['a'] }, cause: new Error('y') }),
      ],
    ],
    ['text outside the basic plane', { text: '🧵 "quoted" \\ \n \u2028 \uD800' }],
  ])('%s', (_name, value) => {
    expect(roundTrip(value)).toEqual(value)
  })

  it('an Error with name, message, stack, cause and code', () => {
    const cause = Object.assign(new RangeError('inner'), { code: 'ENOENT' })
    const error = new TypeError('outer', { cause })
    const back = roundTrip({ error }) as { error: TypeError & { cause: RangeError & { code: string } } }
    expect(back.error).toBeInstanceOf(Error)
    expect(back.error).toMatchObject({ name: 'TypeError', message: 'outer', stack: error.stack })
    expect(Object.keys(back.error)).toEqual([])
    expect(back.error.cause).toMatchObject({ name: 'RangeError', message: 'inner', code: 'ENOENT', stack: cause.stack })
  })

  it('a HeddleError as one, with code, details and retryable', () => {
    const error = new HeddleError('NODE_TIMEOUT', 'too slow', {
      details: { nodeId: 'a', at: new Date(5), tries: 3n },
      retryable: true,
      retryAfterMs: 250,
      cause: new Error('why', { cause: 'text' }),
    })
    const back = roundTrip([error]) as [HeddleError]
    expect(back[0]).toBeInstanceOf(HeddleError)
    expect(back[0]).toMatchObject({
      code: 'NODE_TIMEOUT',
      message: 'too slow',
      retryable: true,
      retryAfterMs: 250,
      stack: error.stack,
    })
    expect(back[0].details).toEqual(error.details)
    expect((back[0].cause as Error).cause).toBe('text')
  })

  it('an AggregateError with its errors', () => {
    const back = roundTrip(new AggregateError([new Error('a'), 1], 'many')) as AggregateError
    expect(back.name).toBe('AggregateError')
    expect(back.errors.map(String)).toEqual(['Error: a', '1'])
  })

  it('a Buffer, as a Uint8Array', () => {
    const back = roundTrip({ bytes: Buffer.from('heddle') }) as { bytes: Uint8Array }
    expect(back.bytes.constructor).toBe(Uint8Array)
    expect(back.bytes).toEqual(new Uint8Array(Buffer.from('heddle')))
    expect(roundTrip(new Uint8Array(100_000).fill(9))).toEqual(new Uint8Array(100_000).fill(9))
  })

  it('a circle, and one part that stands at several places', () => {
    const shared = { at: new Date(1) }
    const value: Record<string, unknown> = { list: [shared, shared], map: new Map([['x', shared]]) }
    value['self'] = value
    const back = roundTrip(value) as { self: unknown; list: unknown[]; map: Map<string, unknown> }
    expect(back.self).toBe(back)
    expect(back.list[0]).toBe(back.list[1])
    expect(back.map.get('x')).toEqual(shared)
  })

  it('a circle and one part at several places under names that lead to code, in the order in which they stood', () => {
    const shared = { constructor: new Date(1) }
    const value: Record<string, unknown> = {
      prototype: shared,
      b: [shared],
      constructor: new Map([['x', shared]]),
      a: 1,
    }
    value['constructors'] = value
    const back = roundTrip(value) as { constructors: unknown; prototype: object; b: object[] }
    expect(back.constructors).toBe(back)
    expect(back.b[0]).toBe(back.prototype)
    expect(back.prototype).toEqual(shared)
    expect(Object.keys(back)).toEqual(['prototype', 'b', 'constructor', 'a', 'constructors'])
    expect(Object.keys(value)).toEqual(Object.keys(back))
  })

  it('a part that stands both inside of an Error and outside', () => {
    const shared = { n: 1 }
    const back = roundTrip({ error: new HeddleError('INTERNAL', 'x', { details: { shared } }), shared }) as {
      error: HeddleError
      shared: object
    }
    expect(back.error.details).toEqual({ shared })
    expect(back.shared).toEqual(shared)
  })

  it('an instance of a registered class', () => {
    class Money {
      readonly cents: bigint
      constructor(cents: bigint) {
        this.cents = cents
      }
      double(): bigint {
        return this.cents * 2n
      }
    }
    const withClass = new SuperjsonSerializer({ classes: { Money } })
    const back = withClass.deserialize(withClass.serialize({ price: new Money(250n) })) as { price: Money }
    expect(back.price.double()).toBe(500n)
    expect(errorOf(() => serializer.serialize(new Money(1n))).code).toBe('NOT_SERIALISABLE')
    const named = Object.assign(new Money(1n), { prototype: 1 })
    expect(errorOf(() => withClass.serialize(named)).details['path']).toBe('$.prototype')
    const inner = { constructor: 1 }
    const hidden = [inner, Object.assign(new Money(1n), { inner })]
    expect(errorOf(() => withClass.serialize(hidden)).code).toBe('NOT_SERIALISABLE')
  })

  it('whatever plain data can hold', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      maxDepth: 4,
    })
    fc.assert(
      fc.property(anything, (value) => {
        let text: string
        try {
          text = serializer.serialize(value)
        } catch (error) {
          expect((error as HeddleError).code).toBe('NOT_SERIALISABLE')
          return
        }
        expect(serializer.deserialize(text)).toEqual(value)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a value of which JSON says all', () => {
  it('has the text that superjson would write, at a tenth of its cost', () => {
    const superjson = new SuperJSON()
    const plain = fc.anything({ maxDepth: 4, withNullPrototype: true })
    fc.assert(
      fc.property(plain, (value) => {
        // Some names of fields are refused, here or there, whatever their values are: also those that JSON leaves out.
        const named = JSON.stringify(value, (_name, field: unknown) => field ?? null)
        fc.pre(!/__proto__|constructor|prototype/.test(named))
        expect(serializer.serialize({ value })).toBe(superjson.stringify({ value }))
      }),
    )
    for (const value of [-0, [undefined], [Number.NaN], { a: [1, -0] }, Array.from({ length: 2 })]) {
      expect(serializer.serialize(value)).toBe(superjson.stringify(value))
      expect(serializer.deserialize(serializer.serialize(value))).toEqual(value)
    }
  })

  it('keeps parts that stand at several places one part', () => {
    const part = { a: 1 }
    const back = serializer.deserialize(serializer.serialize({ one: part, two: [part] })) as {
      one: object
      two: [object]
    }
    expect(back.two[0]).toBe(back.one)
  })
})

describe('what is refused', () => {
  class Session {
    readonly user = 'maria'
  }

  it.each<[string, unknown, string]>([
    ['a function', { user: { callbacks: [1, 2, () => 1] } }, '$.user.callbacks[2]'],
    ['a symbol', [Symbol('s')], '$[0]'],
    ['a WeakMap', { 'my cache': new WeakMap() }, '$["my cache"]'],
    ['a promise', { later: Promise.resolve(1) }, '$.later'],
    ['an instance of a class', { session: new Session() }, '$.session'],
    ['a value inside a map', new Map([['a', new Map([['b', () => 1]])]]), '$.get("a").get("b")'],
    ['a value inside a set', { set: new Set([1, Symbol('s')]) }, '$.set[1]'],
    ['a cause', { error: new Error('x', { cause: { f: () => 1 } }) }, '$.error.cause.f'],
    ['a hole in a list', { list: Object.assign(Array.from({ length: 0 }), { length: 3, 0: 'x' }) }, '$.list[1]'],
    ['a hole beside what is no JSON', [[new Date(0), 1], Object.assign([], { 1: undefined })], '$[1][0]'],
    ['a field that a symbol names', { user: { [Symbol('id')]: 1, name: 'Ada' } }, '$.user[Symbol(id)]'],
    ['a DataView', new DataView(new ArrayBuffer(1)), '$'],
    ['a field that is named __proto__', JSON.parse('{"a": {"__proto__": 1}}'), '$.a.__proto__'],
    [
      'a field of that name inside of an error',
      new Error('x', { cause: JSON.parse('{"__proto__": 1}') }),
      '$.cause.__proto__',
    ],
  ])('%s, with the path to it', (_name, value, path) => {
    const error = errorOf(() => serializer.serialize(value))
    expect(error.code).toBe('NOT_SERIALISABLE')
    expect(error.details['path']).toBe(path)
    expect(error.message).toContain(path)
  })

  it('a list that is full, with undefined too, and a symbol that nobody lists, are none of it', () => {
    const hidden = Object.defineProperty({ name: 'Ada' }, Symbol('id'), { value: 1, enumerable: false })
    const list = Array.from({ length: 2 })
    expect(Object.hasOwn(list, 1)).toBe(true)
    expect(() => serializer.check([hidden, list])).not.toThrow()
    expect(roundTrip([hidden, list])).toEqual([{ name: 'Ada' }, [undefined, undefined]])
  })

  it('a value whose text would be a little too long is found by the check, too', () => {
    const small = new SuperjsonSerializer({ maxBytes: 1000 })
    const values = [
      'ä'.repeat(499),
      '\n'.repeat(600),
      Array.from({ length: 100 }, () => 1234567.5),
      Array.from({ length: 60 }, () => undefined),
      Array.from({ length: 60 }, (_, at) => new Date(at)),
      10n ** 990n,
      new Map(Array.from({ length: 60 }, (_, at) => [at, `${at} and more`])),
      [new Error('x'.repeat(400)), new Error('y'.repeat(200))],
    ]
    for (const value of values) {
      expect(() => small.check(value)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }) as Error)
      expect(() => small.serialize(value)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }) as Error)
    }
    expect(() => small.check('x'.repeat(900))).not.toThrow()
  })

  it('a value that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const secret = Object.defineProperty({}, 'a', { enumerable: true, get: () => Object.keys(proxy) })
    for (const value of [{ proxy }, secret]) {
      expect(errorOf(() => serializer.check(value)).code).toBe('NOT_SERIALISABLE')
    }
  })

  it('has room for what a run puts around its values when it stores them', () => {
    const nested = (depth: number): unknown =>
      Array.from({ length: depth }).reduce<unknown>((inner) => ({ a: inner }), 1)
    expect(errorOf(() => serializer.check(nested(65))).code).toBe('NOT_SERIALISABLE')
    expect(roundTrip({ around: [nested(100)] })).toEqual({ around: [nested(100)] })
  })

  it('a value that is nested too deeply', () => {
    const nested = (depth: number): unknown =>
      Array.from({ length: depth }).reduce<unknown>((inner) => ({ a: inner }), 1)
    expect(roundTrip(nested(64))).toEqual(nested(64))
    expect(errorOf(() => serializer.check(nested(65))).details['path']).toBe(`$${'.a'.repeat(64)}`)
    expect(errorOf(() => serializer.serialize(nested(100_000))).code).toBe('NOT_SERIALISABLE')
    let maps: unknown = new Date(1)
    for (let depth = 0; depth < 64; depth++) maps = new Map([[1n, maps]])
    expect(roundTrip(maps)).toEqual(maps)
  })

  it('a value whose text would be too long, before the text is made', () => {
    let bomb: unknown = ['lol']
    for (let depth = 0; depth < 50; depth++) bomb = [bomb, bomb]
    expect(errorOf(() => serializer.serialize(bomb)).code).toBe('LIMIT_EXCEEDED')
    const all: Record<string, unknown>[] = Array.from({ length: 60 }, () => ({}))
    for (const one of all) for (const [index, other] of all.entries()) one[`to${index}`] = other
    expect(errorOf(() => serializer.serialize(all)).code).toBe('LIMIT_EXCEEDED')
    const small = new SuperjsonSerializer({ maxBytes: 100 })
    expect(errorOf(() => small.serialize('x'.repeat(95))).code).toBe('LIMIT_EXCEEDED')
    expect(small.deserialize(small.serialize('x'.repeat(80)))).toBe('x'.repeat(80))
    expect(errorOf(() => small.serialize('€'.repeat(40))).code).toBe('LIMIT_EXCEEDED')
  })
})

describe('text from elsewhere', () => {
  it('that is too long or nested too deeply is refused before it is parsed', () => {
    const small = new SuperjsonSerializer({ maxBytes: 1000, maxDepth: 4 })
    expect(errorOf(() => small.deserialize(`{"json":"${'x'.repeat(1000)}"`)).code).toBe('LIMIT_EXCEEDED')
    expect(errorOf(() => small.deserialize('['.repeat(300))).code).toBe('LIMIT_EXCEEDED')
    expect(small.deserialize(`{"json":"${'['.repeat(20)}\\"${'{'.repeat(20)}"}`)).toBe(
      `${'['.repeat(20)}"${'{'.repeat(20)}`,
    )
  })

  it.each([
    '',
    'x',
    '1',
    'null',
    '{}',
    '{"json":1,"meta":{"values":["nonsense"]}}',
    '{"json":{},"meta":{"values":{"a.b":["Date"]},"v":1}}',
    '{"json":1,"meta":{"values":[["class","X"]]}}',
    '{"json":[],"meta":{"values":5,"referentialEqualities":{"a.b.c":["d"]}}}',
  ])('that this serializer did not write is refused: %s', (text) => {
    const error = outcome(() => serializer.deserialize(text))
    if (error !== undefined) expect((error as HeddleError).code).toBe('INVALID_STATE')
  })

  it.each([
    '{"json":{"__proto__":{"polluted":true}}}',
    String.raw`{"json":[{"\u005f_proto__":{"polluted":true}}]}`,
    '{"json":{},"meta":{"values":{"__proto__.polluted":["Date"]}}}',
    '{"json":{},"meta":{"values":{"constructor.prototype.polluted":["Date"]}}}',
    '{"json":{"a":{"polluted":true}},"meta":{"referentialEqualities":{"a":["__proto__","b.__proto__","constructor.prototype"]}}}',
  ])('cannot change a prototype: %s', (text) => {
    expect(errorOf(() => serializer.deserialize(text)).code).toBe('INVALID_STATE')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('gives nothing but its own errors', () => {
    const path = fc.constantFrom('a', 'a.b', '0', '__proto__', 'constructor.prototype', 'a\\', '')
    const entries = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.array(fc.tuple(path, inner), { maxLength: 4 }).map(Object.fromEntries)
    const kind = fc.constantFrom<unknown>(
      'Date',
      'set',
      'map',
      'bigint',
      'regexp',
      'URL',
      'Error',
      'number',
      'undefined',
      ['custom', 'error'],
      ['custom', 'bytes'],
      ['typed-array', 'Int8Array'],
      ['class', 'Object'],
      ['symbol', 's'],
      7,
      null,
      {},
    )
    const meta = fc.record(
      {
        values: fc.oneof(entries(fc.array(kind, { maxLength: 3 })), fc.array(kind, { maxLength: 3 })),
        referentialEqualities: entries(fc.array(path, { maxLength: 3 })),
        v: fc.constantFrom(0, 1, 'x'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.jsonValue(), meta, (json, notes) => {
        const error = outcome(() => serializer.deserialize(JSON.stringify({ json, meta: notes })))
        return error === undefined || (error as HeddleError).code === 'INVALID_STATE'
      }),
      { numRuns: 2000 },
    )
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

/** What a call throws, if it throws. */
function outcome(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error
  }
}

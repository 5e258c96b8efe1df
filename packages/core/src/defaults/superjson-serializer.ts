import { SuperJSON } from 'superjson'
import type { SuperJSONResult } from 'superjson'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { isAsideText, needsBlobs } from '../model/aside-text.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { mayHoldCodeNames, restoreCodeNames, withWrittenNames } from './code-names.ts'
import { checkNotes } from './superjson-notes.ts'
import { fromErrorRecord, toErrorRecord } from './error-record.ts'
import { assertSerialisable } from './serialisable.ts'
import type { SerialisableClass, SerialisableValue } from './serialisable.ts'
import { checkText } from './text-limits.ts'
import { fromTypedArrayText, isTypedArray, toTypedArrayText } from './typed-array-text.ts'
import type { TypedArray } from './typed-array-text.ts'

/** Levels of what a run puts around a value: each loop around a node takes four of a snapshot, each error in the chain of causes one. */
const levelsAround = 128

/** Options of a {@link SuperjsonSerializer}. */
export interface SuperjsonSerializerOptions {
  /**
   * Longest text in bytes of UTF-8, in both directions.
   * @default 16_777_216 (16 MiB)
   */
  readonly maxBytes?: number
  /**
   * How deep a value may be nested. What a run puts around its values when it stores them does not count.
   * @default 64
   */
  readonly maxDepth?: number
  /**
   * Classes whose instances keep their class, by a name that is stable across processes. Their own fields are stored; on the way
   * back the constructor does not run. Instances of other classes are refused.
   */
  readonly classes?: Readonly<Record<string, SerialisableClass>>
}

/**
 * Text by superjson: JSON and beside it what JSON cannot say. Date (invalid too), Map, Set, BigInt, undefined, NaN, -0, RegExp, URL, typed
 * arrays, Error (stack, code, cause; a HeddleError comes back as one) and circles survive. A Buffer comes back as a Uint8Array.
 * A part that stands at several places comes back as one part, except inside of an Error.
 *
 * What cannot be stored is refused with the path to it, not dropped: functions, symbols and fields that are named by one, instances of
 * unknown classes, and holes in lists (`new Array(3)`), which undefined is not: `forEach` passes over a hole. Text from elsewhere cannot pollute prototypes: `__proto__` is no
 * name of a field, and inside of instances of classes `constructor` and `prototype` are none.
 */
export class SuperjsonSerializer implements ISerializer {
  readonly #superjson = new SuperJSON()
  /** Longest text in bytes of UTF-8. */
  readonly maxBytes: number
  readonly #maxDepth: number
  readonly #classes: ReadonlySet<unknown>

  constructor(options: SuperjsonSerializerOptions = {}) {
    this.maxBytes = options.maxBytes ?? 16 * 1024 * 1024
    this.#maxDepth = options.maxDepth ?? 64
    this.#classes = new Set(Object.values(options.classes ?? {}))
    registerErrors(this.#superjson)
    registerTypedArrays(this.#superjson)
    registerInvalidDates(this.#superjson)
    for (const [name, type] of Object.entries(options.classes ?? {})) {
      this.#superjson.registerClass(type as new (...parameters: never) => object, name)
    }
  }

  /**
   * @throws HeddleError `NOT_SERIALISABLE` with the path in `details.path`, or `LIMIT_EXCEEDED` if the text would be too long
   */
  check(value: unknown): void {
    const { mayBeTooLong } = this.#look(value, this.#maxDepth)
    if (mayBeTooLong) this.serialize(value)
  }

  #look(value: unknown, maxDepth: number): SerialisableValue {
    return assertSerialisable(value, { maxDepth, maxBytes: this.maxBytes, classes: this.#classes })
  }

  /**
   * The text of a value. It may have some levels more than `check` lets through: what a run puts around values that were checked (a
   * snapshot, the record of an event) does not count.
   *
   * @throws HeddleError as `check` does
   */
  serialize(value: unknown): string {
    const { hasCodeNames, isJson } = this.#look(value, this.#maxDepth + levelsAround)
    const text = isJson
      ? `{"json":${JSON.stringify(value)}}`
      : this.#stringify(hasCodeNames ? withWrittenNames(value) : value)
    checkText(text, { maxBytes: this.maxBytes })
    return text
  }

  #stringify(value: unknown): string {
    try {
      return this.#superjson.stringify(value)
    } catch (error) {
      const message = `The value cannot be stored: ${error instanceof Error ? error.message : String(error)}`
      throw new HeddleError('NOT_SERIALISABLE', message, { details: { path: '$' }, cause: error })
    }
  }

  /**
   * @throws HeddleError `LIMIT_EXCEEDED` before anything is parsed if the text is too long or nested too deeply, `INVALID_STATE` if it
   *   is not text that `serialize` wrote, `INVALID_OPTION` if it stands for a value that was put aside into a blob store
   */
  deserialize(text: string): unknown {
    // A Map takes two levels of text (a list of pairs), and so do the notes beside the data.
    checkText(text, { maxBytes: this.maxBytes, maxNesting: 2 * (this.#maxDepth + levelsAround) + 8 })
    try {
      const parsed: unknown = JSON.parse(text)
      if (typeof parsed !== 'object' || parsed === null || !('json' in parsed)) throw notOurs()
      if (mayHoldPrototype(text)) refusePrototype(parsed)
      if ('meta' in parsed) checkNotes(parsed.meta)
      const value: unknown = this.#superjson.deserialize(parsed as SuperJSONResult, { inPlace: true })
      if (mayHoldCodeNames(text)) restoreCodeNames(value)
      return value
    } catch (error) {
      if (isAsideText(text)) throw needsBlobs()
      throw isHeddleError(error) ? error : notOurs(error)
    }
  }
}

function registerErrors(superjson: SuperJSON): void {
  superjson.registerCustom<Error, never>(
    {
      isApplicable: (value): value is Error => value instanceof Error,
      serialize: (error) => withWrittenNames(toErrorRecord(error)) as never,
      deserialize: (record) => {
        restoreCodeNames(record)
        return fromErrorRecord(record)
      },
    },
    'error',
  )
}

/** Buffers, which superjson cannot read back, and typed arrays, of which it writes lists of numbers that JSON may not have. */
function registerTypedArrays(superjson: SuperJSON): void {
  superjson.registerCustom<TypedArray, string>(
    { isApplicable: isTypedArray, serialize: toTypedArrayText, deserialize: fromTypedArrayText },
    'bytes',
  )
}

function registerInvalidDates(superjson: SuperJSON): void {
  superjson.registerCustom<Date, string>(
    {
      isApplicable: (value): value is Date => value instanceof Date && Number.isNaN(value.getTime()),
      serialize: () => '',
      deserialize: () => new Date(Number.NaN),
    },
    'invalid-date',
  )
}

/** Whether the key `__proto__` can stand in the text, spelled out or with escapes. */
function mayHoldPrototype(text: string): boolean {
  return text.includes('__proto__') || text.includes(String.raw`\u`)
}

/** JSON.parse makes `__proto__` a harmless field, but whoever copies that object with an assignment changes a prototype. */
function refusePrototype(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) throw new HeddleError('INVALID_STATE', 'a field is named __proto__')
  for (const inner of Object.values(value)) refusePrototype(inner)
}

function notOurs(cause?: unknown): HeddleError {
  const reason = cause instanceof Error ? `: ${cause.message}` : ''
  return new HeddleError(
    'INVALID_STATE',
    `The text was not written by this serializer${reason}.`,
    cause === undefined ? {} : { cause },
  )
}

import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { isCodeName } from './code-names.ts'
import { toErrorRecord } from './error-record.ts'
import { isTypedArray } from './typed-array-text.ts'
import { isPlain } from '../model/value-kinds.ts'

/** A class whose instances the serializer was told about. */
export type SerialisableClass = abstract new (...parameters: never) => object

/** Bounds that {@link assertSerialisable} checks. */
export interface SerialisableLimits {
  readonly maxDepth: number
  /** Longest text, in bytes. */
  readonly maxBytes: number
  readonly classes: ReadonlySet<unknown>
}

/** What is known of a value that can be serialised. */
export interface SerialisableValue {
  /** Whether it has fields whose names are others in the text (see `isCodeName`). */
  readonly hasCodeNames: boolean
  /** Whether JSON alone says all of it: no part needs a note, none stands at two places. */
  readonly isJson: boolean
  /** Whether its text may be too long all the same: it has to be written to find out. */
  readonly mayBeTooLong: boolean
}

/**
 * Throws unless a value survives being serialised as it is: plain data, Date, Map, Set, BigInt, undefined, Error, RegExp, URL, typed
 * arrays, instances of registered classes, and circles of these. A list with holes is none of them, nor is a record with a field that is
 * named by a symbol.
 *
 * Shared parts are written once for each place where they stand, so a value of forty levels that each hold the next one twice would
 * fill any disk: the size is estimated first, from below and from above, in time that grows with the value and not with its text.
 *
 * @throws HeddleError `NOT_SERIALISABLE` with `details.path` (`$.user.callbacks[2]`), `LIMIT_EXCEEDED` if the text would be too long
 */
export function assertSerialisable(value: unknown, limits: SerialisableLimits): SerialisableValue {
  const walk = new Walk(limits)
  const size = sizeOf(walk, value)
  if (size <= limits.maxBytes) {
    const { hasCodeNames, hasNotes } = walk
    return { hasCodeNames, isJson: !hasCodeNames && !hasNotes, mayBeTooLong: walk.most > limits.maxBytes }
  }
  throw new HeddleError(
    'LIMIT_EXCEEDED',
    `The value needs at least ${size} bytes of text, and ${limits.maxBytes} are allowed (maxBytes). Store it aside and hand on where it lies.`,
    {
      details: { limit: 'maxBytes', maxBytes: limits.maxBytes },
    },
  )
}

function sizeOf(walk: Walk, value: unknown): number {
  try {
    return walk.visit(value, undefined)
  } catch (error) {
    if (isHeddleError(error)) throw error
    // A getter of the value throws, or it is a proxy that can no longer be read.
    throw new HeddleError('NOT_SERIALISABLE', 'The value cannot be read. Return plain data instead.', {
      details: { path: '$' },
      cause: error,
    })
  }
}

/** Where a value stands: a linked list, so that a path costs nothing until it is asked for. */
interface Place {
  readonly outer: Place | undefined
  /** Name of a field or index in a list. */
  readonly key?: string | number
  /** How the path goes on, where it is neither. */
  readonly text?: string
}

/** What a note of superjson takes beside the path to its value. */
const noteSize = 50

/** Characters that a character of a text may become: `\u0000`. */
const mostPerCharacter = 6

/** What an index takes in a path, or the name of a field of an error. */
const lengthOfIndex = 12

class Walk {
  hasCodeNames = false
  hasNotes = false
  /** The most bytes that the text of what was seen takes. */
  most = 100
  readonly #limits: SerialisableLimits
  /** Least size of the text of what was seen; 0 while a container is still being looked at (a circle). */
  readonly #sizes = new Map<object, number>()
  readonly #most = new Map<object, number>()
  /** The most that the path to what is being looked at takes in a note. */
  #path = 0
  #depth = 0
  /** Instances of classes around what is being looked at: the names of their fields are those in the text. */
  #opaque = 0

  constructor(limits: SerialisableLimits) {
    this.#limits = limits
  }

  /** @returns the least number of bytes that the text of the value takes */
  visit(value: unknown, place: Place | undefined): number {
    switch (typeof value) {
      case 'string':
        this.most += value.length * mostPerCharacter + 3
        return value.length + 2
      case 'object':
        if (value !== null) return this.#visitObject(value, place)
        this.most += 5
        return 4
      case 'function':
        throw refusal(place, value.name === '' ? 'is a function' : `is the function ${value.name}`)
      case 'symbol':
        throw refusal(place, 'is a symbol')
      default:
        return this.#visitWord(value)
    }
  }

  #visitWord(value: unknown): number {
    const isNumber = typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)
    if (isNumber) this.most += Number.isInteger(value) && Math.abs(value) < 1e9 ? 11 : 26
    else if (typeof value === 'boolean') this.most += 6
    else this.#visitNoted(typeof value === 'bigint' ? String(value).length : 10)
    return 1
  }

  /** Something that superjson writes as a text, with a note of what it is. */
  #visitNoted(size: number): void {
    this.hasNotes = true
    this.most += size + noteSize + this.#path
  }

  #visitObject(value: object, place: Place | undefined): number {
    const leaf = leafSize(value)
    if (leaf !== undefined) {
      this.#visitNoted(leaf * mostPerCharacter)
      return leaf
    }
    const known = this.#sizes.get(value)
    if (known !== undefined) {
      this.#visitNoted(this.#most.get(value) ?? 0)
      return known
    }
    const { maxDepth } = this.#limits
    if (this.#depth >= maxDepth) throw refusal(place, `is nested deeper than ${maxDepth} (maxDepth)`)
    this.#sizes.set(value, 0)
    const before = this.most
    this.#depth++
    const size = this.#visitParts(value, place) + 2
    this.#depth--
    this.most += 3
    this.#sizes.set(value, size)
    this.#most.set(value, this.most - before)
    return size
  }

  #visitParts(value: object, place: Place | undefined): number {
    if (Array.isArray(value)) return this.#visitList(value, place)
    if (isPlain(value)) return this.#visitFields(value, place)
    this.#visitNoted(0)
    if (this.#limits.classes.has(value.constructor)) return this.#visitInstance(value, place)
    if (value instanceof Map) return this.#visitMap(value, place)
    if (value instanceof Set) return this.#visitList([...value], place)
    if (value instanceof Error) return this.#visitError(value, place)
    throw refusal(place, `is ${describeClass(value)}`)
  }

  #visitInstance(instance: object, place: Place | undefined): number {
    this.#opaque++
    // Its class is named in the note.
    this.most += 1000
    const size = this.#visitFields(instance, place)
    this.#opaque--
    return size
  }

  #visitList(list: readonly unknown[], place: Place | undefined): number {
    let size = list.length
    this.#path += lengthOfIndex
    for (let index = 0; index < list.length; index++) {
      const element = list[index]
      // Lists of numbers may be very long.
      if (typeof element === 'number') size += this.#visitWord(element)
      else {
        const inner = { outer: place, key: index }
        if (element === undefined && !Object.hasOwn(list, index)) throw hole(inner)
        size += this.visit(element, inner)
      }
    }
    this.#path -= lengthOfIndex
    return size
  }

  #visitFields(fields: object, place: Place | undefined): number {
    let size = 0
    for (const symbol of Object.getOwnPropertySymbols(fields)) refuseSymbol(fields, symbol, place)
    for (const key of Object.keys(fields)) {
      const inner = { outer: place, key }
      const isCode = isCodeName(key)
      if (key === '__proto__' || (this.#opaque > 0 && isCode)) {
        throw refusal(inner, 'has a name that could change a prototype')
      }
      if (isCode) this.hasCodeNames = true
      const length = key.length * mostPerCharacter + 6
      this.most += length
      this.#path += length
      size += key.length + 4 + this.visit((fields as Readonly<Record<string, unknown>>)[key], inner)
      this.#path -= length
    }
    return size
  }

  #visitMap(map: ReadonlyMap<unknown, unknown>, place: Place | undefined): number {
    let size = 0
    let row = 0
    this.#path += 2 * lengthOfIndex
    for (const [key, value] of map) {
      const name = typeof key === 'string' ? JSON.stringify(key) : String(row)
      this.most += 4
      size +=
        this.visit(key, { outer: place, text: `.keys()[${row}]` }) +
        this.visit(value, { outer: place, text: `.get(${name})` })
      row++
    }
    this.#path -= 2 * lengthOfIndex
    return size
  }

  #visitError(error: Error, place: Place | undefined): number {
    const { message, name, stack } = toErrorRecord(error)
    let size = message.length
    this.most += (message.length + name.length + (stack?.length ?? 0)) * mostPerCharacter + 400
    this.#path += lengthOfIndex
    for (const key of ['cause', 'details', 'errors'] as const) {
      if (!(key in error)) continue
      size += this.visit((error as unknown as Record<string, unknown>)[key], { outer: place, key })
    }
    this.#path -= lengthOfIndex
    return size
  }
}

/** The size of an object that holds no others, or undefined. */
function leafSize(value: object): number | undefined {
  if (value instanceof Date) return 24
  if (value instanceof RegExp || value instanceof URL) return String(value).length
  return isTypedArray(value) ? value.byteLength : undefined
}

function refusal(place: Place | undefined, what: string, mend = 'Return plain data instead.'): HeddleError {
  const path = pathOf(place)
  return new HeddleError('NOT_SERIALISABLE', `The value at ${path} ${what}, which cannot be stored. ${mend}`, {
    details: { path },
  })
}

/** The error for an element that a list does not have. `forEach` and `map` pass over it, and not over undefined: so it does not become that. */
function hole(place: Place): HeddleError {
  return refusal(place, 'is a hole in a list', 'Fill the list: undefined and null can be elements of it.')
}

/** Refuses a field that is named by a symbol, unless it is hidden from whoever lists the fields. */
function refuseSymbol(fields: object, symbol: symbol, place: Place | undefined): void {
  if (!Object.prototype.propertyIsEnumerable.call(fields, symbol)) return
  throw refusal(
    { outer: place, text: `[${String(symbol)}]` },
    'is in a field that a symbol names',
    'Name it by a text.',
  )
}

function pathOf(place: Place | undefined): string {
  const keys: string[] = []
  for (let at = place; at !== undefined; at = at.outer) keys.push(at.text ?? keyPath(at.key))
  return `$${keys.toReversed().join('')}`
}

function keyPath(key: string | number | undefined): string {
  if (typeof key !== 'string') return `[${String(key)}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function describeClass(value: object): string {
  const constructor: unknown = value.constructor
  const name = typeof constructor === 'function' ? constructor.name : ''
  return name === '' ? 'an instance of a class' : `an instance of ${name}`
}

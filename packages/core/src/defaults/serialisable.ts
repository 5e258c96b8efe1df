import { HeddleError } from '../errors/heddle-error.ts'
import { isCodeName } from './code-names.ts'
import { isTypedArray } from './typed-array-text.ts'

/** A class whose instances the serializer was told about. */
export type SerialisableClass = abstract new (...parameters: never) => object

/** Bounds that {@link assertSerialisable} checks. */
export interface SerialisableLimits {
  readonly maxDepth: number
  /** Shortest text that would be too long, in bytes. */
  readonly maxBytes: number
  readonly classes: ReadonlySet<unknown>
}

/**
 * Throws unless a value survives being serialised as it is: plain data, Date, Map, Set, BigInt, undefined, Error, RegExp, URL, typed
 * arrays, instances of registered classes, and circles of these.
 *
 * Shared parts are written once for each place where they stand, so a value of forty levels that each hold the next one twice would
 * fill any disk: the size is estimated from below first, in time that grows with the value and not with its text.
 *
 * @returns whether it has fields whose names are others in the text (see `isCodeName`)
 * @throws HeddleError `NOT_SERIALISABLE` with `details.path` (`$.user.callbacks[2]`), `LIMIT_EXCEEDED` if the text would be too long
 */
export function assertSerialisable(value: unknown, limits: SerialisableLimits): boolean {
  const walk = new Walk(limits)
  const size = walk.visit(value, undefined)
  if (size <= limits.maxBytes) return walk.hasCodeNames
  throw new HeddleError(
    'LIMIT_EXCEEDED',
    `The value needs more than ${limits.maxBytes} bytes of text (maxBytes). Store it aside and hand on where it lies.`,
    {
      details: { limit: 'maxBytes', maxBytes: limits.maxBytes },
    },
  )
}

/** Where a value stands: a linked list, so that a path costs nothing until it is asked for. */
interface Place {
  readonly outer: Place | undefined
  readonly key: string
}

class Walk {
  hasCodeNames = false
  readonly #limits: SerialisableLimits
  /** Least size of the text of what was seen; 0 while a container is still being looked at (a circle). */
  readonly #sizes = new Map<object, number>()
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
        return value.length + 2
      case 'object':
        return value === null ? 4 : this.#visitObject(value, place)
      case 'function':
        throw refusal(place, value.name === '' ? 'is a function' : `is the function ${value.name}`)
      case 'symbol':
        throw refusal(place, 'is a symbol')
      default:
        return 1
    }
  }

  #visitObject(value: object, place: Place | undefined): number {
    const leaf = leafSize(value)
    if (leaf !== undefined) return leaf
    const known = this.#sizes.get(value)
    if (known !== undefined) return known
    const { maxDepth } = this.#limits
    if (this.#depth >= maxDepth) throw refusal(place, `is nested deeper than ${maxDepth} (maxDepth)`)
    this.#sizes.set(value, 0)
    this.#depth++
    const size = this.#visitParts(value, place) + 2
    this.#depth--
    this.#sizes.set(value, size)
    return size
  }

  #visitParts(value: object, place: Place | undefined): number {
    if (Array.isArray(value)) return this.#visitList(value, place)
    if (isPlain(value)) return this.#visitFields(value, place)
    if (this.#limits.classes.has(value.constructor)) return this.#visitInstance(value, place)
    if (value instanceof Map) return this.#visitMap(value, place)
    if (value instanceof Set) return this.#visitList([...value], place)
    if (value instanceof Error) return this.#visitError(value, place)
    throw refusal(place, `is ${describeClass(value)}`)
  }

  #visitInstance(instance: object, place: Place | undefined): number {
    this.#opaque++
    const size = this.#visitFields(instance, place)
    this.#opaque--
    return size
  }

  #visitList(list: readonly unknown[], place: Place | undefined): number {
    let size = list.length
    for (let index = 0; index < list.length; index++) {
      size += this.visit(list[index], { outer: place, key: `[${index}]` })
    }
    return size
  }

  #visitFields(fields: object, place: Place | undefined): number {
    let size = 0
    for (const [key, field] of Object.entries(fields) as [string, unknown][]) {
      const inner = { outer: place, key: fieldPath(key) }
      if (key === '__proto__' || (this.#opaque > 0 && isCodeName(key))) {
        throw refusal(inner, 'has a name that could change a prototype')
      }
      if (isCodeName(key)) this.hasCodeNames = true
      size += key.length + 4 + this.visit(field, inner)
    }
    return size
  }

  #visitMap(map: ReadonlyMap<unknown, unknown>, place: Place | undefined): number {
    let size = 0
    let row = 0
    for (const [key, value] of map) {
      const name = typeof key === 'string' ? JSON.stringify(key) : String(row)
      size +=
        this.visit(key, { outer: place, key: `.keys()[${row}]` }) +
        this.visit(value, { outer: place, key: `.get(${name})` })
      row++
    }
    return size
  }

  #visitError(error: Error, place: Place | undefined): number {
    let size = error.message.length
    for (const key of ['cause', 'details', 'errors'] as const) {
      if (!(key in error)) continue
      size += this.visit((error as unknown as Record<string, unknown>)[key], { outer: place, key: `.${key}` })
    }
    return size
  }
}

/** The size of an object that holds no others, or undefined. */
function leafSize(value: object): number | undefined {
  if (value instanceof Date) return 24
  if (value instanceof RegExp || value instanceof URL) return String(value).length
  return isTypedArray(value) ? value.byteLength : undefined
}

function refusal(place: Place | undefined, what: string): HeddleError {
  const path = pathOf(place)
  return new HeddleError(
    'NOT_SERIALISABLE',
    `The value at ${path} ${what}, which cannot be stored. Return plain data instead.`,
    {
      details: { path },
    },
  )
}

function pathOf(place: Place | undefined): string {
  const keys: string[] = []
  for (let at = place; at !== undefined; at = at.outer) keys.push(at.key)
  return `$${keys.toReversed().join('')}`
}

function fieldPath(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function describeClass(value: object): string {
  const constructor: unknown = value.constructor
  const name = typeof constructor === 'function' ? constructor.name : ''
  return name === '' ? 'an instance of a class' : `an instance of ${name}`
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { HeddleError } from '../errors/heddle-error.ts'
import { forbiddenNames } from './cel-environment.ts'
import type { CelUsage } from './cel-paths.ts'

/** How deep a value may be nested where an expression looks at all of it. */
const maxDepth = 128

/** Stands for a container that is being prepared: met again, it is part of a circle. */
const open = Symbol('open')

/**
 * The values of one evaluation on their way into CEL and back. CEL is shown plain data only; what was replaced on the way in is put
 * back on the way out, so that a value that an expression merely hands on arrives as it was, by identity.
 *
 * - An Error is shown as `{ name, message, code }`, a Set as a list, an instance of a class as its own fields.
 * - Functions, symbols and undefined fields are left out, as in JSON; in a list they are null. A circle ends in null.
 * - Fields named `__proto__`, `constructor` or `prototype` are left out.
 * - Whole numbers that CEL made come out as numbers where these are exact, else as BigInt; a duration as milliseconds.
 */
export class CelValues {
  /** By what CEL was shown: what it stands for. */
  readonly #originals = new Map<unknown, unknown>()
  readonly #prepared = new Map<object, unknown>()
  /** What was restored: an expression may hand on one value many times, and lists of it. */
  readonly #restored = new Map<object, unknown>()

  /** What CEL may see of a variable: undefined if nothing. Fields that the expression does not name are not looked at. */
  project(value: unknown, usage: CelUsage, depth = 0): unknown {
    if (usage.whole || !hasPickableFields(value)) return this.#prepare(value, depth)
    const shown: Record<string, unknown> = {}
    for (const [name, inner] of usage.fields) {
      if (!Object.hasOwn(value, name)) continue
      const field = this.project(value[name], inner, depth + 1)
      if (field !== undefined) shown[name] = field
    }
    return shown
  }

  /** What an expression gave, as plain data of JavaScript. */
  restore(value: unknown): unknown {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
    if (typeof value !== 'object' || value === null) return value
    if (this.#originals.has(value)) return this.#originals.get(value)
    // Shown as it came, so nothing in it was replaced.
    if (this.#prepared.get(value) === value) return value
    if (this.#restored.has(value)) return this.#restored.get(value)
    const restored = this.#restoreObject(value)
    this.#restored.set(value, restored)
    return restored
  }

  #restoreObject(value: object): unknown {
    if (Array.isArray(value)) return this.#restoreList(value)
    if (value instanceof UnsignedInt) return this.restore(value.valueOf())
    if (value instanceof Duration) return value.valueOf()
    if (value instanceof Date) return value
    if (value instanceof Uint8Array) return asBytes(value)
    if (isPlain(value)) return this.#restoreRecord(value)
    return restoreForeign(value)
  }

  #prepare(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'object':
        return value === null ? null : this.#prepareObject(value, depth)
      case 'function':
      case 'symbol':
        return undefined
      default:
        return value
    }
  }

  #prepareObject(value: object, depth: number): unknown {
    const known = this.#prepared.get(value)
    if (known !== undefined) return known === open ? null : known
    if (depth > maxDepth) {
      throw new HeddleError('EXPRESSION_FAILED', `a value is nested deeper than ${maxDepth}`, { details: { maxDepth } })
    }
    this.#prepared.set(value, open)
    const shown = this.#show(value, depth + 1)
    this.#prepared.set(value, shown)
    if (shown !== value) this.#originals.set(shown, value)
    return shown
  }

  #show(value: object, depth: number): object {
    if (Array.isArray(value)) return this.#showList(value, depth)
    if (value instanceof Date) return guardedDate(value)
    if (value instanceof Map) return this.#showMap(value, depth)
    if (value instanceof Set) return this.#showList([...value], depth)
    if (value instanceof Error) return showError(value)
    if (value instanceof Uint8Array) return asBytes(value)
    if (ArrayBuffer.isView(value) && Symbol.iterator in value) return [...(value as unknown as Iterable<unknown>)]
    return this.#showRecord(value, depth)
  }

  #showList(list: readonly unknown[], depth: number): readonly unknown[] {
    let copy: unknown[] | undefined = list.constructor === Array ? undefined : [...list]
    for (let index = 0; index < list.length; index++) {
      const item = list[index]
      const shown = this.#prepare(item, depth) ?? null
      if (shown === item && typeof item !== 'bigint') continue
      copy ??= [...list]
      copy[index] = shown
    }
    return copy ?? list
  }

  #showRecord(record: object, depth: number): object {
    let copy: Record<string, unknown> | undefined = isPlainForCel(record) ? undefined : {}
    const done: string[] = []
    for (const [key, field] of Object.entries(record) as [string, unknown][]) {
      const shown = forbiddenNames.has(key) ? undefined : this.#prepare(field, depth)
      if (copy === undefined && (shown !== field || shown === undefined || typeof shown === 'bigint')) {
        copy = Object.fromEntries(done.map((name) => [name, (record as Record<string, unknown>)[name]]))
      }
      if (copy === undefined) done.push(key)
      else if (shown !== undefined) copy[key] = shown
    }
    return copy ?? record
  }

  /** Whole number keys become CEL integers, so that `map[1]` finds them; keys that are objects cannot be named and are left out. */
  #showMap(map: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>()
    for (const [key, value] of map) {
      if (typeof key === 'object' || typeof key === 'function' || typeof key === 'symbol') continue
      const shown = this.#prepare(value, depth)
      if (shown !== undefined) copy.set(Number.isSafeInteger(key) ? BigInt(key as number) : key, shown)
    }
    return copy
  }

  #restoreList(list: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined
    for (let index = 0; index < list.length; index++) {
      const restored = this.restore(list[index])
      if (restored === list[index]) continue
      copy ??= [...list]
      copy[index] = restored
    }
    return copy ?? list
  }

  #restoreRecord(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    let changed = false
    const copy: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(record)) {
      const restored = this.restore(field)
      if (restored !== field || forbiddenNames.has(key)) changed = true
      if (!forbiddenNames.has(key)) copy[key] = restored
    }
    return changed ? copy : record
  }
}

/** An Error as an expression sees it; `code` is null where it has none. */
function showError(error: Error): object {
  const { name, message, code } = error as Partial<Record<'name' | 'message' | 'code', unknown>>
  const isCode = typeof code === 'string' || typeof code === 'number'
  return { name: String(name), message: String(message), code: isCode ? code : null }
}

/** A timestamp whose `__proto__` is a field of its own, without value. */
function guardedDate(date: Date): Date {
  return Object.defineProperty(new Date(date), '__proto__', { value: undefined })
}

/** The same bytes as a plain Uint8Array: CEL knows no other kind. */
function asBytes(bytes: Uint8Array): Uint8Array {
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype && !Object.hasOwn(bytes, 'constructor')) return bytes
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What CEL itself made and has no counterpart in data: the name of a type, or nothing. */
function restoreForeign(value: object): unknown {
  if (Object.prototype.toString.call(value).startsWith('[object Type<') && 'name' in value) return value.name
  throw new HeddleError('EXPRESSION_FAILED', 'it gives something that is not data')
}

/** Anything whose fields can be picked one by one; an Error, a list and the like are shown as a whole. */
function hasPickableFields(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Date ||
    value instanceof Error ||
    ArrayBuffer.isView(value)
  )
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && value !== Object.prototype
}

/** The library tells maps from other objects by their `constructor`. */
function isPlainForCel(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return !('constructor' in value)
  return prototype === Object.prototype && value.constructor === Object
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { ContextWrite } from '../model/outcome.ts'
import type { ContextKey, ReducerName } from '../model/policy.ts'
import { refuseValue } from '../model/reducer-values.ts'
import { GrowingValue, isGrowing, mergeAll } from './growing-value.ts'

/** Shared values as plain data. */
export interface SharedSnapshot {
  readonly values: readonly (readonly [string, unknown])[]
  readonly versions: readonly (readonly [string, number])[]
}

/**
 * Checks the values that a run is given to begin with.
 *
 * @throws HeddleError `INVALID_OPTION` if a key's reducer cannot work on its value
 */
export function checkInitialValues(
  declared: Readonly<Record<string, ContextKey>> = {},
  initial: Readonly<Record<string, unknown>> = {},
): void {
  for (const [key, { reducer = 'set' }] of Object.entries(declared)) {
    const refusal = Object.hasOwn(initial, key) ? refuseValue(reducer, initial[key]) : undefined
    if (refusal === undefined) continue
    throw new HeddleError(
      'INVALID_OPTION',
      `the run cannot begin with the given "context": the shared value "${key}" has the reducer "${reducer}", which ${refusal}`,
      { details: { option: 'context', key, reducer } },
    )
  }
}

/**
 * A run's shared values. Writes arrive at commit, in commit order, and are merged by the key's reducer, so that concurrent writers
 * lose nothing; without one the last commit wins. Each key has a version that grows with every write.
 */
export class SharedValues {
  private readonly declared: Readonly<Record<string, ContextKey>>
  /** By key; what grows by its writes is a `GrowingValue`. */
  private values: Map<string, unknown> | undefined
  private versions: Map<string, number> | undefined

  constructor(declared: Readonly<Record<string, ContextKey>> = {}, initial: Readonly<Record<string, unknown>> = {}) {
    this.declared = declared
    for (const key in declared) if (declared[key]?.initial !== undefined) this.put(key, declared[key].initial)
    for (const key in initial) if (Object.hasOwn(initial, key)) this.put(key, initial[key])
  }

  /** The value of a key, or `undefined` if it has none. */
  get(key: string): unknown {
    return read(this.values?.get(key))
  }

  /** How often a key was written; 0 for a key that has its initial value or none. */
  version(key: string): number {
    return this.versions?.get(key) ?? 0
  }

  private put(key: string, value: unknown): void {
    this.values ??= new Map()
    this.values.set(key, value)
  }

  /** Whether one of these keys has been written since it had the given version. */
  hasMoved(versions: ReadonlyMap<string, number> | undefined): boolean {
    if (versions === undefined) return false
    for (const [key, version] of versions) if (this.version(key) !== version) return true
    return false
  }

  /** Merges the writes of one outcome; the versions of their keys grow. @internal */
  commit(writes: readonly ContextWrite[]): void {
    for (const { key, value, replace } of writes) {
      if (replace === true) this.put(key, value)
      else this.merge(key, value)
      this.versions ??= new Map()
      this.versions.set(key, this.version(key) + 1)
    }
  }

  private merge(key: string, write: unknown): void {
    const reducer = this.reducer(key)
    const held = this.values?.get(key)
    if (held instanceof GrowingValue) held.add(write)
    else if (isGrowing(reducer)) {
      const value = new GrowingValue(reducer, held)
      value.add(write)
      this.put(key, value)
    } else this.put(key, mergeAll(reducer, held, [write]))
  }

  /** What a key would hold if writes were committed now to what it holds. @internal */
  merged(key: string, current: unknown, writes: readonly unknown[]): unknown {
    return mergeAll(this.reducer(key), current, writes)
  }

  /** The reducer of a key. @internal */
  reducer(key: string): ReducerName {
    return (Object.hasOwn(this.declared, key) ? this.declared[key]?.reducer : undefined) ?? 'set'
  }

  /** All values and versions, as plain data. @internal */
  snapshot(): SharedSnapshot {
    return { values: [...this.entries()], versions: [...(this.versions ?? [])] }
  }

  /** Takes over what a snapshot holds. @internal */
  restore({ values, versions }: SharedSnapshot): void {
    this.values = new Map(values)
    this.versions = new Map(versions)
  }

  /** All values by key; the record has no prototype. */
  toRecord(): Record<string, unknown> {
    const record = Object.create(null) as Record<string, unknown>
    for (const [key, value] of this.entries()) record[key] = value
    return record
  }

  /** The same for an expression, at once: a value that grows is only put together if it is looked at. @internal */
  toScope(): Record<string, unknown> {
    const record = Object.create(null) as Record<string, unknown>
    for (const [key, value] of this.values ?? []) {
      if (value instanceof GrowingValue) defineLazy(record, key, () => value.read())
      else record[key] = value
    }
    return record
  }

  private *entries(): Iterable<[string, unknown]> {
    for (const [key, value] of this.values ?? []) yield [key, read(value)]
  }
}

function read(value: unknown): unknown {
  return value instanceof GrowingValue ? value.read() : value
}

/** Defines a field whose value is asked for when it is first read, and then stays. @internal */
export function defineLazy(record: Record<string, unknown>, key: string, ask: () => unknown): void {
  const shown = { enumerable: true, configurable: true }
  const set = (value: unknown): void => {
    Object.defineProperty(record, key, { ...shown, value, writable: true })
  }
  const get = (): unknown => {
    const value = ask()
    set(value)
    return value
  }
  Object.defineProperty(record, key, { ...shown, get, set })
}

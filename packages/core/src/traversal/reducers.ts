import type { ReducerName } from '../model/policy.ts'

/** Merges a write into the current value of a shared key. Pure; never changes its arguments. */
export type Reducer = (current: unknown, write: unknown) => unknown

function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/**
 * The reducers by name. `append` adds a value, or each element of an array, to a list; `union` likewise, without duplicates
 * (`Object.is`); `merge` writes the fields of a record over those of the current one; `sum`, `max`, `min` take numbers or bigints.
 */
export const reducers: Readonly<Record<ReducerName, Reducer>> = {
  set: (_current, write) => write,
  append: (current, write) => [...asList(current), ...asList(write)],
  union: (current, write) => [...new Set([...asList(current), ...asList(write)])],
  merge: (current, write) => ({ ...asRecord(current), ...asRecord(write) }),
  sum: (current, write) => {
    if (current === undefined) return write
    if (typeof current === 'bigint' || typeof write === 'bigint') {
      return BigInt(current as bigint | number) + BigInt(write as bigint | number)
    }
    return Number(current) + Number(write)
  },
  max: (current, write) => (current === undefined || (write as number) > (current as number) ? write : current),
  min: (current, write) => (current === undefined || (write as number) < (current as number) ? write : current),
}

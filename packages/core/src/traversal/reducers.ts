import type { ReducerName } from '../model/policy.ts'

/** Merges a write into the current value of a shared key. Pure; never changes its arguments. */
export type Reducer = (current: unknown, write: unknown) => unknown

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

function currentList(current: unknown): readonly unknown[] {
  return isMissing(current) ? [] : asList(current)
}

function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

function add(current: unknown, write: unknown): unknown {
  if (isMissing(current)) return write
  if (typeof current === 'bigint' && typeof write === 'bigint') return current + write
  // A sum of both kinds is a number in every order of the writes: whether it is a BigInt depends on what was written alone.
  return Number(current) + Number(write)
}

/**
 * The reducers by name. What each one takes is said, and checked at the attempt that writes, by `refuseWrite` and `refuseValue`:
 * here, at the commit, an error would come too late, and there is none for what they let through.
 *
 * `append` adds a value, or each element of a list, to a list; `union` likewise, without duplicates (`Object.is`); `merge` writes the
 * fields of a record over those of the current one; `sum`, `max`, `min` take numbers and BigInts. A missing value starts from nothing:
 * an empty list or record, a sum of nothing.
 */
export const reducers: Readonly<Record<ReducerName, Reducer>> = {
  set: (_current, write) => write,
  append: (current, write) => [...currentList(current), ...asList(write)],
  union: (current, write) => [...new Set([...currentList(current), ...asList(write)])],
  merge: (current, write) => ({ ...(current as object), ...(write as object) }),
  sum: add,
  max: (current, write) => (isMissing(current) || (write as number) > (current as number) ? write : current),
  min: (current, write) => (isMissing(current) || (write as number) < (current as number) ? write : current),
}

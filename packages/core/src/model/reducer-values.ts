import { describeKind } from './describe-kind.ts'
import type { ReducerName } from './policy.ts'

/** What a reducer works with. */
interface ReducerValues {
  /** Says what a write must be. */
  readonly write: string
  readonly takes: (write: unknown) => boolean
  /** Says what a key must hold, if it holds anything. */
  readonly value: string
  readonly holds: (value: unknown) => boolean
}

const anything: ReducerValues = { write: 'any value', takes: () => true, value: 'any value', holds: () => true }

const list: ReducerValues = {
  write: 'an item or a list of items, but not undefined',
  takes: (write) => write !== undefined,
  value: 'a list',
  holds: Array.isArray,
}

const record = both('a record', hasFields)
const summand = both('a finite number or a BigInt', (value) => Number.isFinite(value) || typeof value === 'bigint')
const comparable = both(
  'a number or a BigInt, but not NaN',
  (value) => (typeof value === 'number' && !Number.isNaN(value)) || typeof value === 'bigint',
)

const byReducer: Readonly<Record<ReducerName, ReducerValues>> = {
  set: anything,
  append: list,
  union: list,
  merge: record,
  sum: summand,
  max: comparable,
  min: comparable,
}

function both(says: string, holds: (value: unknown) => boolean): ReducerValues {
  return { write: says, takes: holds, value: says, holds }
}

/** An object with fields: not a list, a Map, a Date or the like. */
function hasFields(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

/** Names of all reducers. */
export const reducerNames: readonly string[] = Object.keys(byReducer)

/** Why a reducer cannot take a write, as the rest of a sentence; `undefined` if it can. */
export function refuseWrite(reducer: ReducerName, write: unknown): string | undefined {
  const { takes, write: says } = byReducer[reducer]
  return takes(write) ? undefined : `takes ${says}, and was given ${describeKind(write)}`
}

/**
 * Why a key with this reducer cannot hold a value, as the rest of a sentence; `undefined` if it can. A missing value (undefined, null)
 * stands for the reducer's neutral element.
 */
export function refuseValue(reducer: ReducerName, value: unknown): string | undefined {
  const { holds, value: says } = byReducer[reducer]
  const isFine = value === undefined || value === null || holds(value)
  return isFine ? undefined : `works on ${says}, and would have ${describeKind(value)}`
}

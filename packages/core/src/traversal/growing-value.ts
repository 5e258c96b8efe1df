import type { ReducerName } from '../model/policy.ts'
import { reducers } from './reducers.ts'

/** Reducers that can make more of a value than anybody has written at a time. */
const growing = new Set<ReducerName>(['append', 'union', 'merge'])

/** Whether a reducer can make more of a value than anybody has written at a time. */
export function isGrowing(reducer: ReducerName): boolean {
  return growing.has(reducer)
}

/** Gives what a reducer makes of a value and several writes, one after the other. Pure, and in time linear in what it takes and gives. */
export function mergeAll(reducer: ReducerName, current: unknown, writes: readonly unknown[]): unknown {
  if (!isGrowing(reducer)) return writes.reduce(reducers[reducer], current)
  const value = new GrowingValue(reducer, current)
  for (const write of writes) value.add(write)
  return value.read()
}

/**
 * A value into which `append`, `union` or `merge` writes again and again. What `read` gave never changes: it is copied at the next
 * write after a read, and not at each write, which would make a list of n items cost n² / 2 copies.
 */
export class GrowingValue {
  private readonly reducer: ReducerName
  private value: unknown
  /** Whether nobody else holds the value. */
  private isOwn = false
  /** What a `union` has, and whether `value` lacks some of it. */
  private known: Set<unknown> | undefined
  private isStale = false

  /** @param value never changed */
  constructor(reducer: ReducerName, value: unknown) {
    this.reducer = reducer
    this.value = value
  }

  /** Merges a write that the reducer takes. */
  add(write: unknown): void {
    if (this.reducer === 'merge') this.addFields(write as object)
    else if (this.reducer === 'append') this.addItems(Array.isArray(write) ? (write as unknown[]) : [write])
    else this.addNew(Array.isArray(write) ? (write as unknown[]) : [write])
  }

  /** The value so far. */
  read(): unknown {
    if (this.isStale) this.value = [...(this.known as Set<unknown>)]
    this.isStale = false
    this.isOwn = false
    return this.value
  }

  private addFields(fields: object): void {
    if (!this.isOwn) this.value = reducers.merge(this.value, {})
    this.isOwn = true
    // To assign this one would set the prototype.
    if (Object.hasOwn(fields, '__proto__')) this.value = reducers.merge(this.value, fields)
    else Object.assign(this.value as object, fields)
  }

  private addItems(items: readonly unknown[]): void {
    if (!this.isOwn) this.value = reducers.append(this.value, [])
    this.isOwn = true
    for (const item of items) (this.value as unknown[]).push(item)
  }

  private addNew(items: readonly unknown[]): void {
    this.known ??= new Set(reducers.append(this.value, []) as unknown[])
    for (const item of items) this.known.add(item)
    this.isStale = true
  }
}

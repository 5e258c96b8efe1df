import type { ContextKey, ReducerName } from '../model/policy.ts'

/**
 * Declares one shared value of a run and its type. Made by {@link shared}, {@link append}, {@link merge}, {@link union}, {@link sum},
 * {@link max} and {@link min}; in a blueprint it is plain JSON.
 */
export interface TypedContextKey<Value> extends ContextKey {
  /** Never present at run time: carries the type. */
  readonly '~value'?: Value
}

/** Declarations of shared values by key. */
export type ContextKeys = Readonly<Record<string, ContextKey>>

/** The types of the shared values by key. A key that was declared as plain JSON is `unknown`; without any declaration every key is. */
export type ContextValues<Keys extends ContextKeys> = string extends keyof Keys
  ? Record<string, unknown>
  : { [Key in keyof Keys]: Keys[Key] extends TypedContextKey<infer Value> ? Value : unknown }

/** A value that the last commit wins. `initial` is what `get` gives before the first write; it must be serialisable. */
export function shared<T>(initial?: T): TypedContextKey<T> {
  return declare<T>('set', initial)
}

/**
 * A list that grows: `set(key, items)` adds the items at its end, in the order of commits, so concurrent writers lose nothing.
 *
 * @example
 * ```ts
 * defineWorkflow('survey', { context: { log: append<string>() } })
 *   .node('ask', ({ context }) => context.set('log', ['asked']))
 *   .build()
 * ```
 */
export function append<T>(initial?: readonly T[]): TypedContextKey<readonly T[]> {
  return declare<readonly T[]>('append', initial)
}

/** A record whose fields are written one by one: `set(key, fields)` assigns the given fields and keeps the others. */
export function merge<T extends object>(initial?: Partial<T>): TypedContextKey<Partial<T>> {
  return declare<Partial<T>>('merge', initial)
}

/** A list without duplicates: `set(key, items)` adds those items that are not in it yet. */
export function union<T>(initial?: readonly T[]): TypedContextKey<readonly T[]> {
  return declare<readonly T[]>('union', initial)
}

/** A number to which every write is added. */
export function sum(initial?: number): TypedContextKey<number> {
  return declare<number>('sum', initial)
}

/** The largest number written. */
export function max(initial?: number): TypedContextKey<number> {
  return declare<number>('max', initial)
}

/** The smallest number written. */
export function min(initial?: number): TypedContextKey<number> {
  return declare<number>('min', initial)
}

function declare<Value>(reducer: ReducerName, initial: Value | undefined): TypedContextKey<Value> {
  return { ...(reducer === 'set' ? {} : { reducer }), ...(initial === undefined ? {} : { initial }) }
}

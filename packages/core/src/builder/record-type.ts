/** One key of a record and the type of its value. */
export interface Entry<Key extends PropertyKey = PropertyKey, Type = unknown> {
  readonly key: Key
  readonly type: Type
}

/**
 * The record of a union of entries. The builder makes its records so, and not as mapped types over its whole state: the compiler
 * instantiates a mapped type again and again with all that it refers to, and states refer to those before them, which at a hundred nodes is
 * "excessively deep". Entries refer to one key and one type.
 */
export type RecordOf<Entries extends Entry> = { readonly [E in Entries as E['key']]: E['type'] }

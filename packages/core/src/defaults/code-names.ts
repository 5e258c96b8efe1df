import { isPlain } from '../model/value-kinds.ts'

/**
 * Field names that superjson refuses, since on a function they lead to code, although nothing is wrong with a field of one's own that
 * has them: `{ ...deps }` has a field `constructor` where a node has that id. In the text they stand with a colon before them, and a
 * name that has colons there already gets one more.
 */
const codeName = /^:*(?:constructor|prototype)$/
const writtenCodeName = /^:+(?:constructor|prototype)$/

/** Whether a field of that name has another one in the text. */
export function isCodeName(key: string): boolean {
  // Most names are short: this is asked of every field that is stored.
  return key.length > 8 && (key.endsWith('constructor') || key.endsWith('prototype')) && codeName.test(key)
}

/** Whether a text may hold such names. */
export function mayHoldCodeNames(text: string): boolean {
  return text.includes(':constructor"') || text.includes(':prototype"')
}

/**
 * A copy of a value with the names that it has in the text. What stands at several places stands at the same ones in the copy; errors,
 * which are written by themselves, and instances of classes are not looked into.
 */
export function withWrittenNames(value: unknown, copies: Map<unknown, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (copies.has(value)) return copies.get(value)
  if (Array.isArray(value)) {
    const list: unknown[] = []
    copies.set(value, list)
    for (const item of value as unknown[]) list.push(withWrittenNames(item, copies))
    return list
  }
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>()
    copies.set(value, map)
    for (const [key, item] of value) map.set(withWrittenNames(key, copies), withWrittenNames(item, copies))
    return map
  }
  if (value instanceof Set) {
    const set = new Set<unknown>()
    copies.set(value, set)
    for (const item of value) set.add(withWrittenNames(item, copies))
    return set
  }
  if (!isPlain(value)) return value
  const record: Record<string, unknown> = {}
  copies.set(value, record)
  for (const [key, field] of Object.entries(value)) {
    record[isCodeName(key) ? `:${key}` : key] = withWrittenNames(field, copies)
  }
  return record
}

/** Gives the fields of a value that was read their own names back, in place. */
export function restoreCodeNames(value: unknown, seen: Set<unknown> = new Set()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  if (value instanceof Map) {
    for (const pair of value) for (const part of pair) restoreCodeNames(part, seen)
  } else if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) restoreCodeNames(item, seen)
  } else if (isPlain(value)) {
    const entries = Object.entries(value)
    for (const [, field] of entries) restoreCodeNames(field, seen)
    if (!entries.some(([key]) => writtenCodeName.test(key))) return
    const record = value as Record<string, unknown>
    // All are written anew, so that they keep their order.
    for (const [key] of entries) Reflect.deleteProperty(record, key)
    for (const [key, field] of entries) record[writtenCodeName.test(key) ? key.slice(1) : key] = field
  }
}

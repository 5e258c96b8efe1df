import { errorData } from './error-data.ts'

/** How deep a value is followed; the engine refuses outputs that are nested deeper than this. */
const maxDepth = 1000

/**
 * A value as plain JSON data, whatever it is: a BigInt becomes its digits, a Map of text keys a record and any other one a list of
 * pairs, a Set and a typed array a list, an Error data, an invalid Date null, a value inside itself `"[circular]"`.
 */
export function plainJson(value: unknown): unknown {
  return plain(value, [])
}

/** The JSON text of any value, on one line or indented. What a terminal would obey is escaped, also beyond what JSON asks for. */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(plainJson(value), undefined, indent) ?? 'null'
  return text.replaceAll(/(?!\n)\p{Cc}|\p{Bidi_Control}/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function plain(value: unknown, around: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (around.includes(value)) return '[circular]'
  if (around.length >= maxDepth) return '[too deep]'
  const inside = [...around, value]
  if (value instanceof Error) return plain(errorData(value), inside)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Map) return plainMap(value as ReadonlyMap<unknown, unknown>, inside)
  if (value instanceof Set || Array.isArray(value) || isTypedArray(value)) {
    return Array.from(value as Iterable<unknown>, (item) => plain(item, inside))
  }
  if (hasToJson(value)) return plain(value.toJSON(), inside)
  return plainRecord(Object.entries(value), inside)
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

function isTypedArray(value: object): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

function plainMap(map: ReadonlyMap<unknown, unknown>, inside: readonly object[]): unknown {
  const entries = [...map]
  if (entries.every((entry): entry is [string, unknown] => typeof entry[0] === 'string')) {
    return plainRecord(entries, inside)
  }
  return entries.map((entry) => plain(entry, inside))
}

function plainRecord(
  entries: readonly (readonly [string, unknown])[],
  inside: readonly object[],
): Record<string, unknown> {
  // Without a prototype a key `__proto__` is a key like any other.
  const record = Object.create(null) as Record<string, unknown>
  for (const [key, item] of entries) record[key] = plain(item, inside)
  return record
}

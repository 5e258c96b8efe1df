/**
 * A value as text: the same for two values if and only if they hold the same. The order of keys does not count, nor whether two places
 * hold one object or two that are equal: what comes out of a store is a copy.
 */
export function canonicalText(value: unknown): string {
  return write(value, [])
}

function write(value: unknown, around: readonly object[]): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const depth = around.indexOf(value)
  if (depth !== -1) return `<circle to ${depth}>`
  const inside = [...around, value]
  const list = (values: Iterable<unknown>): string => Array.from(values, (item) => write(item, inside)).join(', ')
  if (Array.isArray(value)) return `[${list(value as unknown[])}]`
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof RegExp || value instanceof URL) return `${value.constructor.name}(${String(value)})`
  if (value instanceof Set) return `Set(${list(value as Set<unknown>)})`
  if (value instanceof Map) return `Map(${list((value as Map<unknown, unknown>).entries())})`
  if (ArrayBuffer.isView(value)) {
    return `${value.constructor.name}(${new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join(' ')})`
  }
  if (value instanceof Error) return `${value.name}(${value.message})`
  const record = value as Readonly<Record<string, unknown>>
  const fields = Object.keys(record)
    .filter((key) => !isStack(record, key))
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${write(record[key], inside)}`)
  return `{${fields.join(', ')}}`
}

/** Where an error was thrown is told differently in a process and in a store: an error as plain data is the same without it. */
function isStack(record: Readonly<Record<string, unknown>>, key: string): boolean {
  return key === 'stack' && typeof record['stack'] === 'string' && typeof record['message'] === 'string'
}

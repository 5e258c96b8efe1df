/** What kind of value something is; never the value itself, which may be a secret. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))) {
    return String(value)
  }
  if (typeof value === 'string') return 'text'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : `an object (${nameOfKind(value)})`
  return typeof value === 'bigint' ? 'a BigInt' : `a ${typeof value}`
}

function nameOfKind(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

/** A copy of plain JSON, so that nobody holds on to an object of somebody else. Several times as fast as through text. */
export function copyJson<T>(value: T): T {
  return copy(value) as T
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy)
  const record: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const field = (value as Readonly<Record<string, unknown>>)[key]
    if (field !== undefined) record[key] = copy(field)
  }
  return record
}

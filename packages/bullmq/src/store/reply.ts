/** Readers of what scripts answer: texts, numbers (as such or as text), lists; Lua has `false` for a missing one, and `{}` for no items. */
export type Reply = readonly unknown[]

/** Whether something is missing. */
export function isMissing(reply: unknown): reply is null | undefined | false {
  return reply === null || reply === undefined || reply === false
}

/** A list. */
export function listOf(reply: unknown): Reply {
  return Array.isArray(reply) ? reply : []
}

/** A list of texts. */
export function textsOf(reply: unknown): readonly string[] {
  return listOf(reply) as readonly string[]
}

/** A text that is there. */
export function textOf(reply: unknown): string {
  if (typeof reply === 'string') return reply
  return typeof reply === 'number' ? String(reply) : ''
}

/** A text that may be missing. */
export function optionalText(reply: unknown): string | undefined {
  return isMissing(reply) ? undefined : textOf(reply)
}

/** A number that may be missing. */
export function optionalNumber(reply: unknown): number | undefined {
  return isMissing(reply) ? undefined : Number(reply)
}

/** JSON, as the store itself has written it. */
export function parse<T>(text: unknown): T {
  return JSON.parse(textOf(text)) as T
}

/** A record without a prototype, so that every name can be a key. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>
}

/** A record of names and what stands beside them in another list; what is missing is left out. */
export function present<T>(names: readonly string[], found: unknown, read: (text: unknown) => T): Record<string, T> {
  const record = emptyRecord<T>()
  for (const [at, text] of listOf(found).entries()) {
    const name = names[at]
    if (name !== undefined && !isMissing(text)) record[name] = read(text)
  }
  return record
}

/** Names and texts that follow each other in one list. */
export function pairsOf(reply: unknown): readonly (readonly [name: string, text: string])[] {
  const flat = textsOf(reply)
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] as string, flat[at + 1] as string])
  return pairs
}

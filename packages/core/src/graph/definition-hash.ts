import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { sha256 } from './sha-256.ts'

/**
 * The hash that pins a run to its definition: over nodes, edges, start, version, policy and the hashes of the subflows it was
 * pinned to. The order of keys does not matter, that of lists does; `id` and `metadata` are left out.
 *
 * @param subflows definition hash by blueprint id
 * @returns 32 hexadecimal characters: the first 128 bits of SHA-256 over the canonical text
 */
export function definitionHash(blueprint: WorkflowBlueprint, subflows: Readonly<Record<string, string>> = {}): string {
  const { nodes, edges, start, version, policy } = blueprint
  const text = new CanonicalText().write({ nodes, edges, start, version, policy, subflows })
  return sha256(new TextEncoder().encode(text)).slice(0, 32)
}

/** JSON with sorted keys. Fields without a JSON value are left out, as JSON.stringify does, which is too slow with sorted keys. */
class CanonicalText {
  /** Keys as they are written; the same few hundred come again and again. */
  readonly #keys = new Map<string, string>()

  write(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(value)
    if (Array.isArray(value)) return this.#writeList(value)
    if (typeof value === 'object' && value !== null) return this.#writeRecord(value as Record<string, unknown>)
    // `-0` is written as 0, NaN and the infinities as null: what JSON makes of them.
    return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null')
  }

  #writeList(list: readonly unknown[]): string {
    let text = '['
    for (const item of list) text += `${this.write(item)},`
    return `${text}]`
  }

  #writeRecord(record: Readonly<Record<string, unknown>>): string {
    let text = '{'
    for (const key of Object.keys(record).toSorted()) {
      const field = record[key]
      if (field === undefined || typeof field === 'function' || typeof field === 'symbol') continue
      text += `${this.#writeKey(key)}${this.write(field)},`
    }
    return `${text}}`
  }

  #writeKey(key: string): string {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    const text = `${JSON.stringify(key)}:`
    this.#keys.set(key, text)
    return text
  }
}

import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { sha256 } from './sha-256.ts'

/** Hashes of blueprints that are frozen, as a compiled one is. */
const hashes = new WeakMap<WorkflowBlueprint, string>()

/**
 * The hash that pins a run to its definition: over nodes, edges, start, version, policy and the hashes of the subflows it was
 * pinned to. The order of keys does not matter, that of lists does; `id` and `metadata` are left out.
 *
 * @param subflows definition hash by blueprint id
 * @throws HeddleError `INVALID_BLUEPRINT` if the blueprint contains itself, or is nested too deeply
 * @returns 32 hexadecimal characters: the first 128 bits of SHA-256 over the canonical text
 */
export function definitionHash(blueprint: WorkflowBlueprint, subflows: Readonly<Record<string, string>> = {}): string {
  const isPlain = Object.isFrozen(blueprint) && Object.keys(subflows).length === 0
  const known = isPlain ? hashes.get(blueprint) : undefined
  if (known !== undefined) return known
  const { nodes, edges, start, version, policy } = blueprint
  const hash = sha256(new CanonicalText().encode({ nodes, edges, start, version, policy, subflows })).slice(0, 32)
  if (isPlain) hashes.set(blueprint, hash)
  return hash
}

/** How deep a blueprint may be nested: far more than validation lets through. One that contains itself is deeper. */
const maxDepth = 1000

function tooDeep(): HeddleError {
  const message = `The blueprint has no definition hash: it contains itself, or is nested deeper than ${maxDepth}. It is plain JSON.`
  return new HeddleError('INVALID_BLUEPRINT', message)
}

/** Text that JSON writes as it is between two quotes. */
const plainText = /^[\w .,:;=<>()/+*&|?!@#%^~$'[\]{}-]*$/

/**
 * JSON with sorted keys, in UTF-8. Fields without a JSON value are left out, as JSON.stringify does. Bytes are written as they come:
 * putting a text of a megabyte together first takes twice as long.
 */
class CanonicalText {
  #bytes = new Uint8Array(65_536)
  #length = 0
  #depth = 0
  /** Keys as they are written; the same few hundred come again and again. */
  readonly #keys = new Map<string, string>()

  encode(value: unknown): Uint8Array {
    this.#write(value)
    return this.#bytes.subarray(0, this.#length)
  }

  #write(value: unknown): void {
    if (typeof value === 'string') this.#put(quote(value))
    else if (typeof value === 'object' && value !== null) this.#writeObject(value)
    else if (Number.isFinite(value) || typeof value === 'boolean' || typeof value === 'bigint') this.#put(String(value))
    // JSON has no NaN and no infinities; they become null there too.
    else this.#put('null')
  }

  #writeObject(value: object): void {
    if (++this.#depth > maxDepth) throw tooDeep()
    if (Array.isArray(value)) this.#writeList(value)
    else this.#writeRecord(value as Readonly<Record<string, unknown>>)
    this.#depth--
  }

  #writeList(list: readonly unknown[]): void {
    this.#put('[')
    for (let index = 0; index < list.length; index++) {
      this.#write(list[index])
      this.#put(',')
    }
    this.#put(']')
  }

  #writeRecord(record: Readonly<Record<string, unknown>>): void {
    this.#put('{')
    const keys = sortFew(Object.keys(record))
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string
      const field = record[key]
      if (field === undefined || typeof field === 'function' || typeof field === 'symbol') continue
      this.#put(this.#quoteKey(key))
      this.#write(field)
      this.#put(',')
    }
    this.#put('}')
  }

  #quoteKey(key: string): string {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    const quoted = `${quote(key)}:`
    this.#keys.set(key, quoted)
    return quoted
  }

  #put(text: string): void {
    if (this.#length + text.length * 3 > this.#bytes.length) this.#grow(text.length * 3)
    const bytes = this.#bytes
    let at = this.#length
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit >= 0x80) {
        at += new TextEncoder().encodeInto(text.slice(index), bytes.subarray(at)).written
        break
      }
      bytes[at++] = unit
    }
    this.#length = at
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(this.#bytes.length * 2 + needed)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

function quote(text: string): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** Sorts in place, by insertion: records of a blueprint have few keys, for which the general sort is slow. */
function sortFew(keys: string[]): string[] {
  if (keys.length > 16) return keys.toSorted()
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] as string
    let at = index
    for (; at > 0 && (keys[at - 1] as string) > key; at--) keys[at] = keys[at - 1] as string
    keys[at] = key
  }
  return keys
}

import type { IClock } from '../ports/clock.ts'
import type { IKeyPrimitives } from '../ports/key-primitives.ts'

interface Entry {
  value: string
  until: number
}

/** Keys with a time to live in this process. Expired ones are dropped when they are asked for. */
export class KeyValues implements IKeyPrimitives {
  private readonly clock: IClock
  private readonly entries: Map<string, Entry> = new Map()

  constructor(clock: IClock) {
    this.clock = clock
  }

  private entryOf(key: string): Entry | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.until > this.clock.now()) return entry
    this.entries.delete(key)
    return undefined
  }

  private put(key: string, value: string, ttlSeconds: number): void {
    this.entries.set(key, { value, until: this.clock.now() + ttlSeconds * 1000 })
  }

  async increment(key: string, ttlSeconds: number): Promise<number> {
    const entry = this.entryOf(key)
    const count = Number(entry?.value ?? 0) + 1
    if (entry === undefined) this.put(key, String(count), ttlSeconds)
    else entry.value = String(count)
    return count
  }

  async setIfNotExist(key: string, value: string, ttlSeconds: number): Promise<boolean> {
    if (this.entryOf(key) !== undefined) return false
    this.put(key, value, ttlSeconds)
    return true
  }

  async extendTTL(key: string, ttlSeconds: number): Promise<boolean> {
    const entry = this.entryOf(key)
    if (entry === undefined) return false
    entry.until = this.clock.now() + ttlSeconds * 1000
    return true
  }

  async get(key: string): Promise<string | undefined> {
    return this.entryOf(key)?.value
  }

  async delete(key: string): Promise<void> {
    this.entries.delete(key)
  }
}

import {
  memoryCoordinationStore,
  systemClock,
  type IClock,
  type ICoordinationStore,
  type IKeyPrimitives,
} from '@heddle/core'

/** One of the ports that a coordination store is composed of, written by hand. */
export class OwnKeys implements IKeyPrimitives {
  readonly #entries = new Map<string, { value: string; until: number }>()
  readonly #clock: IClock

  constructor(clock: IClock) {
    this.#clock = clock
  }

  async increment(key: string, ttlSeconds: number): Promise<number> {
    const known = this.#live(key)
    const value = Number(known?.value ?? 0) + 1
    if (known === undefined) this.#put(key, String(value), ttlSeconds)
    else known.value = String(value)
    return value
  }

  async setIfNotExist(key: string, value: string, ttlSeconds: number): Promise<boolean> {
    if (this.#live(key) !== undefined) return false
    this.#put(key, value, ttlSeconds)
    return true
  }

  async extendTTL(key: string, ttlSeconds: number): Promise<boolean> {
    const known = this.#live(key)
    if (known !== undefined) this.#put(key, known.value, ttlSeconds)
    return known !== undefined
  }

  async get(key: string): Promise<string | undefined> {
    return this.#live(key)?.value
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key)
  }

  #live(key: string) {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.until > this.#clock.now() ? entry : undefined
  }

  #put(key: string, value: string, ttlSeconds: number): void {
    this.#entries.set(key, { value, until: this.#clock.now() + ttlSeconds * 1000 })
  }
}

/** A store that has what is written already, and the rest from the reference. */
export function ownStore({ clock = systemClock }: { readonly clock?: IClock } = {}): ICoordinationStore {
  const reference = memoryCoordinationStore({ clock })
  const written = new OwnKeys(clock)
  return new Proxy(reference, {
    get: (_, name) => {
      const part = name in written ? written : reference
      const member: unknown = Reflect.get(part, name)
      return typeof member === 'function' ? (member.bind(part) as unknown) : member
    },
  })
}

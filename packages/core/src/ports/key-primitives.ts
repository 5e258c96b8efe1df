/**
 * Plain keys with an optional time to live, for orchestrators that users write themselves. The engine keeps nothing in them. Every
 * operation is atomic.
 */
export interface IKeyPrimitives {
  /** Adds 1 to a counter that begins at 0; answers its new value. A new counter lives for `ttlSeconds`. */
  increment(key: string, ttlSeconds: number): Promise<number>
  /** Sets a key that does not exist; answers whether it was set. */
  setIfNotExist(key: string, value: string, ttlSeconds: number): Promise<boolean>
  /** Lets a key live for `ttlSeconds` from now; answers whether it exists. */
  extendTTL(key: string, ttlSeconds: number): Promise<boolean>
  /** The value of a key, or `undefined` if it does not exist. The value of a counter is its number as text. */
  get(key: string): Promise<string | undefined>
  /** Removes a key or counter; if it does not exist nothing happens. */
  delete(key: string): Promise<void>
}

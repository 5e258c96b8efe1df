/** Keeps values over a size limit aside; a store then holds only where they lie. */
export interface IBlobStore {
  /** Stores a text under a key of the caller's choice; writing the same key again replaces it. */
  put(key: string, text: string): Promise<void>
  /** @returns `undefined` if there is no such blob */
  get(key: string): Promise<string | undefined>
  /** Removes a blob; without one of this key nothing happens. */
  delete(key: string): Promise<void>
}

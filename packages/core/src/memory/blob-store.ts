import type { IBlobStore } from '../ports/blob-store.ts'

/** Blobs in this process: the reference for every other blob store. */
export function memoryBlobStore(): IBlobStore {
  const blobs = new Map<string, string>()
  return {
    put: async (key, text) => {
      blobs.set(key, text)
    },
    get: async (key) => blobs.get(key),
    delete: async (key) => {
      blobs.delete(key)
    },
  }
}

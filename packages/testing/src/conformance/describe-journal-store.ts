import type { IJournalStore } from '@heddle/core'
import { journalStoreBehaviours } from './journal-store-behaviours.ts'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'

/** Where journals are kept: a folder, a database, a map. */
export interface JournalPlace {
  /** Opens a store on it; several may be open at once. */
  readonly open: () => IJournalStore | Promise<IJournalStore>
  /** Removes what was kept there. All stores are closed then. */
  readonly remove?: () => Promise<void>
}

/**
 * Registers the behaviours that every journal store has.
 *
 * @param title names the implementation
 * @param createPlace makes a new, empty place for each test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { mkdtemp, rm } from 'node:fs/promises'
 * import { describe, expect, it } from 'vitest'
 * describeJournalStore(
 *   'FileStore',
 *   async () => {
 *     const dir = await mkdtemp('/tmp/journals-')
 *     return { open: () => new FileStore({ dir }), remove: () => rm(dir, { recursive: true }) }
 *   },
 *   { test: { describe, it, expect } },
 * )
 * ```
 */
export function describeJournalStore(
  title: string,
  createPlace: () => JournalPlace | Promise<JournalPlace>,
  options: SuiteOptions,
): void {
  registerBehaviours(title, journalStoreBehaviours, options, async () => {
    const place = await createPlace()
    const stores: IJournalStore[] = []
    const openAnother = async (): Promise<IJournalStore> => {
      const store = await place.open()
      stores.push(store)
      return store
    }
    const harness = { expect: options.test.expect, store: await openAnother(), openAnother }
    const close = async (): Promise<void> => {
      for (const store of stores) await store.close()
      await place.remove?.()
    }
    return { harness, close }
  })
}

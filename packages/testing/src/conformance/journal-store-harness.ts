import type { IJournalStore } from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** What a behaviour of a journal store works with. */
interface JournalStoreHarness {
  readonly expect: Expect
  /** A store on a new, empty place. */
  readonly store: IJournalStore
  /** Another store on the same place, as another process has it. It is closed at the end of the test. */
  readonly openAnother: () => Promise<IJournalStore>
}

/** One behaviour that every journal store has. */
export type JournalStoreBehaviour = Behaviour<JournalStoreHarness>

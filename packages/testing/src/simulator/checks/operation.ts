import type { ICoordinationStore } from '@heddle/core'

/** One operation of a store: its name, and what it is called with. */
export interface Operation {
  readonly name: keyof ICoordinationStore
  readonly parameters: readonly unknown[]
}

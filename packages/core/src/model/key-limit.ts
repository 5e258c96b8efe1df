/**
 * How many attempts of the nodes that share a `concurrencyKey` may be under way at once, and how many may begin within a time. Both
 * hold across all runs: of the runtime that carries them out, or of all workers of one store.
 */
export interface KeyLimit {
  /** How many attempts are under way at most. @default any number */
  readonly concurrency?: number
  /** How many attempts begin at most in any `perMs` milliseconds, wherever these begin. @default any number */
  readonly rate?: { readonly max: number; readonly perMs: number }
}

/** Limits by the `concurrencyKey` of the nodes that they hold for. */
export type KeyLimits = Readonly<Record<string, KeyLimit>>

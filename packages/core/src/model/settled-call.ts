import type { ErrorData } from './error-data.ts'

/** The kinds of durable calls. */
export type CallKind = 'step' | 'sleep' | 'wait' | 'invoke' | 'emit'

/** What a durable call came to: an output, or an error. */
export interface SettledCall {
  readonly kind: CallKind
  readonly output?: unknown
  readonly error?: ErrorData
  /** Of a wait: no schema has seen the payload yet. */
  readonly unchecked?: true
}

import type { RunHead } from '@heddle/core'
import type { ProtocolRules } from './protocol-rules.ts'
import type { RunLedger } from './run-ledger.ts'

/** What the checks know of one run. */
export interface WatchedRun {
  readonly ledger: RunLedger
  readonly rules: ProtocolRules
  /** Where it stood after the last operation on it. */
  head: RunHead
}

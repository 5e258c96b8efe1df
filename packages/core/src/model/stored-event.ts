import type { VisitName } from './visit.ts'

/**
 * Control data of a distributed run as it is stored and sent: plain JSON. Values of users (outputs, inputs, payloads, errors) stand
 * beside it as serialised text, by name; here they are only referred to.
 */

/** A buffered write to a shared value; `text` is the serialised value. */
export interface StoredWrite {
  readonly key: string
  readonly text: string
  readonly replace?: boolean
}

/** What a suspended visit waits for. Times are milliseconds; items and the input of a child are stored values. */
export type StoredSingleSuspension =
  | {
      readonly type: 'wait'
      readonly name: string
      readonly schemaText?: string
      readonly timeoutMs?: number
      readonly tokenHash?: string
    }
  | { readonly type: 'timer'; readonly name: string; readonly delayMs: number }
  | {
      readonly type: 'child'
      readonly name: string
      readonly blueprintId: string
      readonly inputValue: string
      readonly timeoutMs?: number
    }

/** A durable call that waits. */
export interface StoredWaitingCall {
  /** Name and occurrence. */
  readonly call: string
  readonly on: StoredSingleSuspension
}

/** What a suspended visit waits for: see {@link StoredSingleSuspension}. */
export type StoredSuspension =
  | StoredSingleSuspension
  | {
      readonly type: 'calls'
      readonly calls: readonly StoredWaitingCall[]
      readonly answered?: readonly string[]
      readonly activeMs?: number
    }
  | {
      readonly type: 'items'
      readonly count: number
      readonly concurrency?: number
      readonly tolerated?: { readonly count?: number; readonly share?: number }
    }

/** The outcome of an attempt. Output and transformed values are stored values, named after the visit. */
export type StoredOutcome =
  | {
      readonly status: 'completed'
      readonly action?: string
      /** By ordinal of the outgoing edge; `null` where an edge has no condition. */
      readonly conditions?: readonly (boolean | null)[]
      /** Ordinals of the outgoing edges that carry a transformed value. */
      readonly transformed?: readonly number[]
      readonly writes?: readonly StoredWrite[]
      /** Versions of the shared values that `update` read. */
      readonly reads?: Readonly<Record<string, number>>
      readonly expansionText?: string
    }
  | {
      readonly status: 'failed'
      readonly errorText: string
      readonly conditions?: readonly (boolean | null)[]
      readonly transformed?: readonly number[]
    }
  | { readonly status: 'skipped' }
  | { readonly status: 'suspended'; readonly on: StoredSuspension }

/** What ended a suspension; `value` names the stored payload, output or error. */
export interface StoredResumption {
  readonly type:
    | 'answered'
    | 'timed-out'
    | 'fired'
    | 'child-completed'
    | 'child-failed'
    | 'child-refused'
    | 'calls-settled'
    | 'items-settled'
  readonly value?: string
  readonly action?: string
  /** No schema has seen the payload yet. */
  readonly unchecked?: true
  readonly tolerated?: boolean
  readonly failedItems?: number
}

/** What ended a wait, with the journal's facts about it. `call`: the durable call that waited, by name and occurrence. */
export type ResumptionSource = { readonly call?: string } & (
  | { readonly type: 'wait'; readonly waitId: string; readonly name: string }
  | { readonly type: 'timer'; readonly name: string }
  | { readonly type: 'child'; readonly childRunId: string; readonly status: 'completed' | 'failed' | 'cancelled' }
)

/** What happened to a run, waiting in its inbox for a turn. */
export type InboxEvent = {
  /** Unique within the run; the same event delivered again has the same id. */
  readonly id: string
  /** Names of the cells that its decision touches as far as can be foreseen. */
  readonly touches: readonly string[]
} & (
  | { readonly type: 'begin' }
  | {
      readonly type: 'outcome'
      readonly visit: VisitName
      readonly attempt: number
      readonly dispatch: number
      readonly token: string
      /** What the attempt went on after, if it did. */
      readonly resumption?: StoredResumption
      /** Whether durable calls of the visit wait, or have waited. */
      readonly calls?: true
      readonly outcome: StoredOutcome
      /** Set by the store: there were other attempts of the same dispatch, or of one that it repeats, of which nothing is known. */
      readonly hasTwins?: true
    }
  | {
      readonly type: 'resumed'
      readonly visit: VisitName
      readonly attempt: number
      readonly source: ResumptionSource
      readonly resumption: StoredResumption
    }
  | { readonly type: 'cancel'; readonly reason?: string }
  | { readonly type: 'deadline'; readonly deadlineMs: number }
  /**
   * What a `recall` found. Of the visits that were recalled: those that nobody had claimed, and of these the ones that an attempt was
   * lost of before. And the visits that earlier commits cut off while they were claimed.
   */
  | {
      readonly type: 'recalled'
      readonly unstarted: readonly VisitName[]
      readonly lost: readonly VisitName[]
      readonly cutOff: readonly VisitName[]
    }
  /** An attempt whose lease ended too often. */
  | { readonly type: 'lost'; readonly visit: VisitName; readonly attempt: number; readonly lost: number }
)

/** One entry of a journal before it got its place: a fact as JSON, and where the values stand that it carries. */
export interface JournalEntry {
  readonly fact: { readonly type: string; readonly [field: string]: unknown }
  /** Serialised values by field. */
  readonly texts?: Readonly<Record<string, string>>
  /** Names of stored values by field. */
  readonly values?: Readonly<Record<string, string>>
  /** Names of stored values by ordinal of the edge, for the field `transformed`. */
  readonly transformed?: readonly (readonly [ordinal: number, value: string])[]
  /** For the field `on` of `node.suspended`: items and inputs of child runs are stored values. */
  readonly on?: StoredSuspension
}

/** Where a value of an entry is that was put aside, into a blob store, since it is large. */
export interface AsideValue {
  /** The key of the blob. */
  readonly blob: string
  /** Where the value belongs in the entry. */
  readonly of: 'fact' | 'texts'
}

/** A journal entry with its place; `at` is milliseconds since 1970 by the store's clock. */
export interface StoredEvent extends JournalEntry {
  readonly seq: number
  readonly at: number
  /** Values that are kept in a blob store, by field. Whoever reads the entry through that blob store finds them in their places. */
  readonly aside?: Readonly<Record<string, AsideValue>>
}

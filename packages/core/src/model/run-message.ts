import type { VisitName } from './visit.ts'

/** The run that a child belongs to, and the visit that waits for it. */
export interface ParentLink {
  readonly runId: string
  readonly incarnation: string
  /** Definition hash of the parent: who has it may take the parent's turn. */
  readonly definitionHash: string
  readonly visit: VisitName
  /** The durable call of the visit that waits for it, by name and occurrence, if one does. */
  readonly call?: string
  readonly attempt: number
  /** How deep the child is nested: 1 for the child of a run without a parent. */
  readonly depth: number
  /** Cells of the parent that the child's settlement touches. */
  readonly touches: readonly string[]
}

/**
 * Something that one run has to tell another. It stays in the outbox of its run until it was delivered; delivering it twice changes
 * nothing.
 */
export type RunMessage = { readonly id: string } & (
  | {
      readonly type: 'start-child'
      readonly childRunId: string
      readonly blueprintId: string
      readonly definitionHash: string
      /** Name of the stored value that is the child's input. */
      readonly inputValue: string
      readonly parent: ParentLink
    }
  | { readonly type: 'cancel-child'; readonly childRunId: string }
  | {
      readonly type: 'notify-parent'
      readonly childRunId: string
      readonly parent: ParentLink
      readonly status: 'completed' | 'failed' | 'cancelled'
      /** Name of the stored value that is the run's output, or the text of its error. */
      readonly outputValue?: string
      readonly errorText?: string
    }
)

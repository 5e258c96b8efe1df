import type { JournalEntry, StoredResumption } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'

/** A visit to dispatch; the store gives the number. */
export interface NewDispatch {
  readonly visit: VisitName
  readonly visitKey: string
  readonly attempt: number
  readonly delayMs: number
  readonly resumption?: StoredResumption
  /** Cells that its `lost` event would touch. */
  readonly touches: readonly string[]
  /** What a claim journals. @default `node.started` */
  readonly started?: JournalEntry
  readonly queue?: string
  readonly priority?: number
}

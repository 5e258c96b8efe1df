import type { EventWriter } from './publisher.ts'
import type { EndConditions } from './limit-watch.ts'

/** Settings of one run in this process. */
export interface InProcessOptions extends EndConditions {
  readonly journal?: boolean
  /** How deep the run is nested in others. @default 0 */
  readonly depth?: number | undefined
  readonly parentRunId?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** Writes the events of each decision, as one group, before anything that follows from it is carried out. */
  readonly write?: EventWriter | undefined
  /** Resolves when everything that was written outlives what the store promises to outlive. */
  readonly sync?: (() => Promise<void>) | undefined
}

import type { Control } from '../kernel/control.ts'
import type { Resumption } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { StoredResumption, StoredSuspension } from '../model/stored-event.ts'
import { toEntry } from './stored-fact.ts'
import type { TurnDraft } from './turn-draft.ts'
import type { TurnView } from './turn-view.ts'

/** What the kernel left behind after an event. */
export interface Decided {
  readonly view: TurnView
  readonly control: Control
  readonly draft: TurnDraft
  readonly resumed?: { readonly given: Resumption; readonly stored: StoredResumption } | undefined
  /** What the visit waits for that was suspended. */
  readonly suspended?: StoredSuspension | undefined
}

/** Journals what the kernel has told so far. */
export function collectFacts({ control, draft, view, suspended }: Decided): void {
  for (const fact of control.facts?.splice(0) ?? []) {
    const entry = toEntry(view.definition.engine.serializer, fact)
    const isSuspended = fact.type === 'node.suspended' && suspended !== undefined
    draft.journal.push(isSuspended ? { ...entry, on: suspended } : entry)
  }
}

/** Journals a fact that is no decision of the kernel's. */
export function tellFact({ draft, view }: Decided, fact: RunFact): void {
  draft.journal.push(toEntry(view.definition.engine.serializer, fact))
}

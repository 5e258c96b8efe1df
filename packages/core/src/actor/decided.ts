import type { Control } from '../kernel/control.ts'
import type { Resumption } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { StoredResumption } from '../model/stored-event.ts'
import { toEntry } from './stored-fact.ts'
import type { TurnDraft } from './turn-draft.ts'
import type { TurnView } from './turn-view.ts'

/** What the kernel left behind after an event. */
export interface Decided {
  readonly view: TurnView
  readonly control: Control
  readonly draft: TurnDraft
  readonly resumed?: { readonly given: Resumption; readonly stored: StoredResumption } | undefined
}

/** Journals what the kernel has told so far. */
export function collectFacts({ control, draft, view }: Decided): void {
  for (const fact of control.facts?.splice(0) ?? []) {
    draft.journal.push(toEntry(view.definition.engine.serializer, fact))
  }
}

/** Journals a fact that is no decision of the kernel's. */
export function tellFact({ draft, view }: Decided, fact: RunFact): void {
  draft.journal.push(toEntry(view.definition.engine.serializer, fact))
}

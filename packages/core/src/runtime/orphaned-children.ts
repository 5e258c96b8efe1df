import { isHeddleError } from '../errors/heddle-error.ts'
import { subflowIds } from '../execution/engine/pinned-hash.ts'
import { isLastEvent } from '../model/last-event.ts'
import type { IJournalStore, JournalSummary } from '../ports/journal-store.ts'
import { defined, type JournalledDefinition } from './journalled-definition.ts'
import type { KnownWorkflow } from './run-keeper.ts'

/** A child run that has not ended although the run has that it belongs to. */
export interface Orphan {
  readonly runId: string
  /** `undefined` where none is known that the run began with. */
  readonly definition: JournalledDefinition | undefined
}

/**
 * The child runs whose parent has ended. One whose parent is missing or cannot be read is left as it is: nobody can tell.
 *
 * @param children child runs that have not ended
 */
export async function findOrphans(
  store: IJournalStore,
  children: readonly JournalSummary[],
  known: readonly KnownWorkflow[],
): Promise<readonly Orphan[]> {
  const orphans: Orphan[] = []
  for (const { runId, first } of children) {
    if (await hasEnded(store, String(first.fact['parentRunId']))) {
      const { workflowId, definitionHash } = first.fact
      const began = { workflowId: String(workflowId), definitionHash: String(definitionHash) }
      orphans.push({ runId, definition: definitionOf(began, known) })
    }
  }
  return orphans
}

async function hasEnded(store: IJournalStore, runId: string): Promise<boolean> {
  try {
    const last = (await store.read(runId))?.entries.at(-1)
    return last !== undefined && isLastEvent(last.fact)
  } catch (error) {
    if (!isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
    return false
  }
}

/** The definition that a child run began with: of the workflows that were given, or of those that their subflows name, at any depth. */
export function definitionOf(
  { workflowId, definitionHash }: { readonly workflowId: string; readonly definitionHash: string },
  known: readonly KnownWorkflow[],
): JournalledDefinition | undefined {
  for (const workflow of eachDefinition(known)) {
    if (workflow.hash === definitionHash) return workflow
    // It may be named by an expansion, and by no node of the blueprint.
    const child = workflow.engine.findChild?.(workflowId)
    const definition = child === undefined ? undefined : defined(child)
    if (definition?.hash === definitionHash) return definition
  }
  return undefined
}

/** Workflows, then those that their subflow nodes name, level by level: each once. */
function* eachDefinition(workflows: readonly KnownWorkflow[]): Generator<JournalledDefinition> {
  const seen = new Set<string>()
  const due = [...workflows]
  for (const workflow of due) {
    const definition = defined(workflow)
    if (seen.has(definition.hash)) continue
    seen.add(definition.hash)
    yield definition
    for (const id of subflowIds(definition.blueprint)) {
      const child = definition.engine.findChild?.(id)
      if (child !== undefined) due.push(child)
    }
  }
}

/** Why such a child run is cancelled. */
export const orphanReason = 'the run that it belongs to has ended'

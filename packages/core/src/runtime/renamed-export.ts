import type { StoredEvent } from '../model/stored-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { childRunId } from './in-process-child.ts'
import type { RunExport } from './export-format.ts'

type Fact = StoredEvent['fact']

/** Of a visit whose attempts its journal does not tell of, since it was forked from one that was compacted: as many are thought of. */
const attemptsUntold = 100

/**
 * An exported run under another id, complete in itself: with its child runs, each under the id by which the renamed run looks for it, and
 * named so by all entries. Child runs that are none of its own are left out, and it belongs to no other run.
 */
export function renamedExport(exported: RunExport, runId: string): RunExport {
  const renamer = new Renamer(exported)
  const entries = renamer.rename(exported, runId, undefined)
  return { format: 1, runId, entries, children: renamer.children }
}

/** Where the child runs begin that are a run's own: what comes before a fork is the history of another run. */
export function ownEntries(entries: readonly StoredEvent[]): readonly StoredEvent[] {
  return entries.slice(entries.findLastIndex(({ fact }) => fact.type === 'run.forked') + 1)
}

/** The run that the one with this journal is a child of. */
export function parentOf(entries: readonly StoredEvent[]): unknown {
  return entries[0]?.fact['parentRunId']
}

class Renamer {
  /** The child runs that were renamed so far. */
  readonly children: RunExport['children'][number][] = []
  private readonly left: Map<string, readonly StoredEvent[]>

  constructor({ children }: RunExport) {
    this.left = new Map(children.map(({ runId, entries }) => [runId, entries]))
  }

  rename(run: RunExport['children'][number], runId: string, parentRunId: string | undefined): StoredEvent[] {
    const names = newNames(run, runId)
    for (const [old, renamed] of names) {
      const entries = this.left.get(old)
      if (entries === undefined || parentOf(entries) !== run.runId) continue
      this.left.delete(old)
      this.children.push({ runId: renamed, entries: this.rename({ runId: old, entries }, renamed, runId) })
    }
    return run.entries.map((entry) => ({ ...entry, fact: renamedFact(entry.fact, names, parentRunId) }))
  }
}

function renamedFact(fact: Fact, names: ReadonlyMap<string, string>, parentRunId: string | undefined): Fact {
  if (fact.type === 'run.started') {
    const { parentRunId: _before, ...rest } = fact
    return parentRunId === undefined ? rest : { ...rest, parentRunId }
  }
  const renamed = names.get(String(fact['childRunId']))
  return renamed === undefined ? fact : { ...fact, childRunId: renamed }
}

/** The ids of a run's own children once it has another id itself, by those that they have. */
function newNames({ runId, entries }: RunExport['children'][number], renamed: string): Map<string, string> {
  const names = new Map<string, string>()
  const attempts = attemptsIn(entries)
  for (const { fact } of ownEntries(entries)) {
    if (fact.type !== 'child.started') continue
    const { childRunId: old, call, nodeId } = fact
    const startedAs = visitKey(fact as unknown as VisitName)
    const request = { startedAs, on: { name: String(call ?? nodeId) } }
    for (let attempt = attempts.get(startedAs) ?? attemptsUntold; attempt > 0; attempt -= 1) {
      if (childRunId({ ...request, attempt, parentRunId: runId }) !== old) continue
      names.set(old, childRunId({ ...request, attempt, parentRunId: renamed }))
      break
    }
  }
  return names
}

/** The last attempt of each visit, by its key. */
function attemptsIn(entries: readonly StoredEvent[]): Map<string, number> {
  const attempts = new Map<string, number>()
  for (const { fact } of entries) {
    const { type, attempt } = fact
    if (typeof attempt !== 'number') continue
    const compensates = type.startsWith('compensation.') ? { compensates: true } : {}
    attempts.set(visitKey({ ...fact, ...compensates } as unknown as VisitName), attempt)
  }
  return attempts
}

import type { EdgeMark } from '../model/mark.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import { sameValue } from '../model/same-value.ts'
import { visitKey, type VisitStatus } from '../model/visit.ts'

/** What one of two runs has, and what the other has in its place; `undefined` where it has nothing. */
export interface Difference<T> {
  readonly a: T | undefined
  readonly b: T | undefined
}

/** What differs between two runs. */
export interface RunDiff {
  readonly status?: Difference<RunStatus>
  /** Statuses of visits that differ, by visit key. */
  readonly visits: ReadonlyMap<string, Difference<VisitStatus>>
  /** Marks that differ, by edge key and iteration of the target (`edge@iteration`). */
  readonly edges: ReadonlyMap<string, Difference<EdgeMark>>
  /** Outputs that differ, by visit key. */
  readonly outputs: ReadonlyMap<string, Difference<unknown>>
  /** How long each visit that both runs have was attempted until it settled, in milliseconds, where that differs. */
  readonly durationsMs: ReadonlyMap<string, Difference<number>>
}

interface Summary {
  status: RunStatus
  readonly visits: Map<string, VisitStatus>
  readonly edges: Map<string, EdgeMark>
  readonly outputs: Map<string, unknown>
  readonly startedAt: Map<string, number>
  readonly durationsMs: Map<string, number>
}

const settledAs: Readonly<Record<string, VisitStatus>> = {
  'node.ready': 'ready',
  'node.started': 'running',
  'node.retrying': 'ready',
  'node.suspended': 'waiting',
  'node.completed': 'completed',
  'node.failed': 'failed',
  'node.skipped': 'skipped',
  'node.cancelled': 'cancelled',
}

/**
 * What differs between two runs: which visits, edges, outputs and times. Both are given by their journals, in order; they may be runs of
 * different definitions, of a run and its fork, or of a run before and after a change of handlers.
 *
 * @param isSame tells whether two outputs are the same
 */
export function diffRuns(
  a: readonly RunEvent[],
  b: readonly RunEvent[],
  isSame: (one: unknown, other: unknown) => boolean = sameValue,
): RunDiff {
  const [one, other] = [summarise(a), summarise(b)]
  return {
    ...(one.status === other.status ? {} : { status: { a: one.status, b: other.status } }),
    visits: differences(one.visits, other.visits, Object.is),
    edges: differences(one.edges, other.edges, Object.is),
    outputs: differences(one.outputs, other.outputs, isSame),
    durationsMs: inBoth(differences(one.durationsMs, other.durationsMs, Object.is)),
  }
}

function summarise(journal: readonly RunEvent[]): Summary {
  const summary: Summary = {
    status: 'stalled',
    visits: new Map(),
    edges: new Map(),
    outputs: new Map(),
    startedAt: new Map(),
    durationsMs: new Map(),
  }
  for (const event of journal) addEvent(summary, event)
  return summary
}

function addEvent(summary: Summary, event: RunEvent): void {
  if (event.type === 'run.completed') summary.status = 'completed'
  else if (event.type === 'run.failed') summary.status = 'failed'
  else if (event.type === 'run.cancelled') summary.status = 'cancelled'
  else if (event.type === 'run.awaiting') summary.status = 'awaiting'
  else if (event.type === 'edge.taken' || event.type === 'edge.skipped' || event.type === 'edge.failed') {
    const mark = event.type.slice('edge.'.length) as EdgeMark
    summary.edges.set(`${event.edge}@${event.iteration.join('.')}`, mark)
  } else addVisit(summary, event)
}

function addVisit(summary: Summary, event: RunEvent): void {
  const status = settledAs[event.type]
  if (status === undefined || !('nodeId' in event) || event.nodeId === undefined) return
  const key = visitKey(event as Parameters<typeof visitKey>[0])
  if (summary.status === 'awaiting') summary.status = 'stalled'
  summary.visits.set(key, status)
  if (event.type === 'node.started' && !summary.startedAt.has(key)) summary.startedAt.set(key, event.at)
  if (event.type === 'node.completed') summary.outputs.set(key, event.output)
  const startedAt = summary.startedAt.get(key)
  if (startedAt !== undefined && (status === 'completed' || status === 'failed')) {
    summary.durationsMs.set(key, event.at - startedAt)
  }
}

function differences<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  isSame: (one: T, other: T) => boolean,
): Map<string, Difference<T>> {
  const found = new Map<string, Difference<T>>()
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const isInBoth = a.has(key) && b.has(key)
    if (isInBoth && isSame(a.get(key) as T, b.get(key) as T)) continue
    found.set(key, { a: a.get(key), b: b.get(key) })
  }
  return found
}

function inBoth<T>(all: ReadonlyMap<string, Difference<T>>): Map<string, Difference<T>> {
  return new Map([...all].filter(([, { a, b }]) => a !== undefined && b !== undefined))
}

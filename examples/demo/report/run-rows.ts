import type { RunEvent, SkipReason, WorkflowBlueprint } from '@heddle/core'

/** A stretch of time in the life of a node: an attempt, or the pause before the next one. Milliseconds from the run's start. */
export interface Span {
  readonly kind: 'completed' | 'failed' | 'pause'
  readonly fromMs: number
  readonly toMs: number
  /** What was done, for a reader: `attempt 2`, `round 5`, `item 1`. */
  readonly what: string
}

/** All that a run did with one node. */
export interface RunRow {
  readonly nodeId: string
  readonly status: 'completed' | 'failed' | 'skipped' | 'cancelled'
  readonly reason?: SkipReason
  readonly spans: readonly Span[]
  readonly attempts: number
  /** Visits of a node in a loop. */
  readonly rounds: number
  /** Items of a map. */
  readonly items: number
  /** From the first attempt to the last outcome. */
  readonly durationMs: number
}

type NodeEvent = Extract<RunEvent, { type: `node.${string}` }>

/** One row for each node, in the order in which they began; those that were skipped come where that was decided. */
export function rowsOfRun(blueprint: WorkflowBlueprint, journal: readonly RunEvent[]): RunRow[] {
  const startedAt = journal[0]?.at ?? 0
  const byNode = new Map<string, NodeEvent[]>()
  for (const event of journal) {
    if (!isNodeEvent(event) || event.type === 'node.ready') continue
    const events = byNode.get(event.nodeId) ?? []
    events.push(event)
    byNode.set(event.nodeId, events)
  }
  for (const { id } of blueprint.nodes) if (!byNode.has(id)) byNode.set(id, [])
  return [...byNode].map(([nodeId, events]) => rowOf(nodeId, events, startedAt))
}

function isNodeEvent(event: RunEvent): event is NodeEvent {
  return event.type.startsWith('node.')
}

function rowOf(nodeId: string, events: readonly NodeEvent[], startedAt: number): RunRow {
  const items = new Set(events.flatMap(({ item }) => item ?? [])).size
  const spans = spansOf(
    events.filter(({ item }) => items === 0 || item !== undefined), // of a map: its items
    startedAt,
  )
  const skip = events.find((event) => event.type === 'node.skipped')
  const ends = events.filter(({ type, item }) => item === undefined && /completed|failed|cancelled/u.test(type))
  const attempts = Math.max(0, ...events.map((event) => (event.type === 'node.started' ? event.attempt : 0)))
  const last = ends.at(-1)?.type.slice('node.'.length) as RunRow['status'] | undefined
  const times = events.map(({ at }) => at)
  return {
    nodeId,
    status: last ?? 'skipped',
    ...(skip?.type === 'node.skipped' ? { reason: skip.reason } : {}),
    spans,
    attempts,
    rounds: new Set(events.filter(({ iteration }) => iteration.length > 0).map(({ iteration }) => iteration.join('.')))
      .size,
    items,
    durationMs: last === undefined ? 0 : Math.max(...times) - Math.min(...times),
  }
}

/** Pairs the beginning of each attempt with its end, and fills the time between two attempts. */
function spansOf(events: readonly NodeEvent[], startedAt: number): Span[] {
  const spans: Span[] = []
  const open = new Map<string, { fromMs: number; attempt: number }>()
  const pauses = new Map<string, number>()
  for (const event of events) {
    const visit = `${event.iteration.join('.')}/${event.item ?? ''}`
    const atMs = event.at - startedAt
    if (event.type === 'node.started') {
      const pausedAt = pauses.get(visit)
      if (pausedAt !== undefined) spans.push({ kind: 'pause', fromMs: pausedAt, toMs: atMs, what: 'pause' })
      pauses.delete(visit)
      open.set(visit, { fromMs: atMs, attempt: event.attempt })
      continue
    }
    const begun = open.get(visit)
    if (begun === undefined) continue
    open.delete(visit)
    if (event.type === 'node.retrying') pauses.set(visit, atMs)
    const kind = event.type === 'node.completed' ? 'completed' : 'failed'
    spans.push({ kind, fromMs: begun.fromMs, toMs: atMs, what: nameOfVisit(event, begun.attempt) })
  }
  return spans
}

function nameOfVisit({ iteration, item }: NodeEvent, attempt: number): string {
  const round = iteration.length === 0 ? [] : [`round ${(iteration.at(-1) ?? 0) + 1}`]
  const ofMap = item === undefined ? [] : [`item ${item + 1}`]
  const named = [...round, ...ofMap, ...(attempt > 1 ? [`attempt ${attempt}`] : [])]
  return named.length === 0 ? 'attempt 1' : named.join(', ')
}

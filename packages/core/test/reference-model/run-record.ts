import type { EdgeMark } from '../../src/model/mark.ts'
import { visitKey } from '../../src/model/visit.ts'
import type { SkipReason, VisitName } from '../../src/model/visit.ts'
import { depthOf } from './reference-graph.ts'
import type { ReferenceEdge, ReferenceGraph } from './reference-graph.ts'

/** How a visit of a finished run ended. */
export type SettledStatus = 'completed' | 'failed' | 'skipped' | 'cancelled'

/** Something reported, never guessed. `edge` is given for `EXIT_RETAKEN`. */
export interface ReferenceWarning {
  readonly code: 'UNROUTED_ACTION' | 'EXIT_RETAKEN'
  readonly node: string
  readonly edge?: string
}

/** All that is known of a run at its end. */
export interface ReferenceOutcome {
  readonly status: 'completed' | 'failed'
  readonly visits: ReadonlyMap<string, SettledStatus>
  /** Failed visits whose failure an error edge or a fallback handled. */
  readonly handled: ReadonlySet<string>
  readonly skipReasons: ReadonlyMap<string, SkipReason['type']>
  /** By `edgeKey@iteration`, the iteration being that of the target's visit for which the mark counts. */
  readonly marks: ReadonlyMap<string, EdgeMark>
  /** The visits whose taken edges made a visit run. For a fallback: the failed visit. */
  readonly deps: ReadonlyMap<string, readonly string[]>
  readonly warnings: readonly ReferenceWarning[]
  /** Headers of loops two of whose iterations were live at once: the data on their exits depends on the order. */
  readonly overlapped: ReadonlySet<string>
}

/** What is known of a visit. */
export interface VisitRecord {
  readonly name: VisitName
  /** `replaced`: failed, and its fallback is live. */
  status: 'ready' | 'replaced' | SettledStatus
  isHandled: boolean
  skipReason?: SkipReason['type']
  readonly deps: readonly string[]
}

/** What is known of a mark. */
interface MarkRecord {
  readonly edge: ReferenceEdge
  /** The target's visit for which it counts. */
  readonly iteration: readonly number[]
  readonly mark: EdgeMark
  /** The visit that wrote it; none for an exit marked by the end of its loop. */
  readonly source?: string
}

/** The state of a run: dictionaries by key, nothing counted. */
export interface Run {
  readonly graph: ReferenceGraph
  readonly visits: Map<string, VisitRecord>
  readonly marks: Map<string, MarkRecord>
  readonly endedLoops: Set<string>
  readonly overlapped: Set<string>
  readonly warnings: ReferenceWarning[]
}

/** Remembers the loops that have live visits of two iterations now. */
export function noteOverlaps(run: Run): void {
  for (const loop of run.graph.loops) {
    const depth = depthOf(run.graph, loop)
    const lastOf = new Map<string, number | undefined>()
    for (const { name, status } of run.visits.values()) {
      if (status !== 'ready' || !loop.members.has(name.insteadOf ?? name.nodeId)) continue
      const activation = name.iteration.slice(0, depth).join('.')
      const counter = name.iteration[depth]
      if (lastOf.has(activation) && lastOf.get(activation) !== counter) run.overlapped.add(loop.header)
      lastOf.set(activation, counter)
    }
  }
}

/** What a run that has nothing left to do came to. */
export function outcomeOf(run: Run): ReferenceOutcome {
  const visits = new Map<string, SettledStatus>()
  const skipReasons = new Map<string, SkipReason['type']>()
  const neededFallbacks = new Set<string>()
  let hasUnhandled = false
  for (const [key, { name, status, isHandled, skipReason }] of run.visits) {
    if (status === 'ready' || status === 'replaced') fail(`${key} is ${status} at the end`)
    else visits.set(key, status)
    if (skipReason !== undefined) skipReasons.set(key, skipReason)
    if (status === 'failed' && !isHandled) hasUnhandled = true
    if (name.insteadOf !== undefined) neededFallbacks.add(name.nodeId)
  }
  for (const nodeId of run.graph.fallbacks) {
    if (neededFallbacks.has(nodeId)) continue
    visits.set(visitKey({ nodeId, iteration: [] }), 'skipped')
    skipReasons.set(visitKey({ nodeId, iteration: [] }), 'not-needed')
  }
  return {
    status: hasUnhandled ? 'failed' : 'completed',
    visits,
    handled: new Set([...run.visits].filter(([, visit]) => visit.isHandled).map(([key]) => key)),
    skipReasons,
    marks: new Map([...run.marks].map(([key, { mark }]) => [key, mark])),
    deps: new Map([...run.visits].filter(([, visit]) => hasRun(visit)).map(([key, { deps }]) => [key, deps])),
    warnings: run.warnings,
    overlapped: run.overlapped,
  }
}

/** Whether a visit's handler returned or threw. Of a cancelled visit nobody knows whether it was called. */
function hasRun({ status }: VisitRecord): boolean {
  return status !== 'skipped' && status !== 'cancelled'
}

/** Stops on a misuse of the model, or on a contradiction in it. */
export function fail(message: string): never {
  throw new Error(`Reference model: ${message}`)
}

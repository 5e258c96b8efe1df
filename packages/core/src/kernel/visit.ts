import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { Resumption } from '../model/outcome.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { Frame } from './frame.ts'

/** One activation of a node, under way. Node indexes are those of the compiled graph. */
export class Visit {
  /** The node whose handler runs. */
  readonly node: number
  readonly frame: Frame
  /** Item index inside a map, or -1. */
  readonly item: number
  /** The node in whose place this fallback visit runs, or -1. */
  readonly insteadOf: number
  /** Number of the current attempt, from 1. */
  attempt = 1
  /** What the visit waits for, or what ended its wait. */
  resumption: Resumption | undefined = undefined
  /** Why the attempt before failed, of a visit that is tried again. */
  lastError: HeddleError | undefined = undefined
  /**
   * When the attempt began to wait for its handler, and before when none is made. In milliseconds since 1970, 0 if not known. Noted by
   * whoever has a clock: the kernel never reads them.
   */
  since = 0
  /** Place among the attempts that are under way, or -1. Noted by whoever attempts the visit. */
  slot = -1
  notBefore = 0

  constructor(node: number, frame: Frame, item = -1, insteadOf = -1) {
    this.node = node
    this.frame = frame
    this.item = item
    this.insteadOf = insteadOf
  }

  /** Under which its frame keeps the items of a map visit: one for the node itself, one for each node in whose place it runs. */
  get itemsKey(): number {
    return this.insteadOf === -1 ? this.node : -2 - this.insteadOf
  }

  /** The node whose outgoing edges this visit decides: itself, or the one in whose place it runs. */
  get routes(): number {
    return this.insteadOf === -1 ? this.node : this.insteadOf
  }
}

/** A visit that has to be undone if its run is compensated. */
export interface UndoEntry {
  readonly visit: Visit
  /** False if nobody knows what the visit did: it was cut off, lost or timed out, or its outcome was refused. */
  readonly isOutcomeKnown: boolean
}

/** A visit that undoes another one, of the same node, frame and item, when the run is compensated. */
export class CompensationVisit extends Visit {
  /** What is undone; not known where the visit was only named. */
  readonly entry: UndoEntry | undefined

  constructor({ node, frame, item, insteadOf }: Visit, entry: UndoEntry | undefined) {
    super(node, frame, item, insteadOf)
    this.entry = entry
  }
}

/** Whether a visit is named by its node and iteration alone, as nearly all are. */
export function isPlainVisit({ item, insteadOf }: Visit): boolean {
  return item === -1 && insteadOf === -1
}

/** The name of a visit by ids. */
export function nameVisit(graph: CompiledGraph, visit: Visit): VisitName {
  const { frame, item, insteadOf } = visit
  return {
    nodeId: nodeId(graph, visit.node),
    iteration: frame.path,
    ...(item === -1 ? {} : { item }),
    ...(insteadOf === -1 ? {} : { insteadOf: nodeId(graph, insteadOf) }),
    ...(visit instanceof CompensationVisit ? { compensates: true as const } : {}),
  }
}

/** Tells whether a visit is among some, which may be other objects for the same visits. */
export function isAmong(graph: CompiledGraph, visits: readonly Visit[]): (visit: Visit) => boolean {
  const keys = new Set(visits.map((visit) => visitKey(nameVisit(graph, visit))))
  return (visit) => keys.has(visitKey(nameVisit(graph, visit)))
}

/** The id of a node by index. */
export function nodeId(graph: CompiledGraph, node: number): string {
  return (graph.nodes[node] as { id: string }).id
}

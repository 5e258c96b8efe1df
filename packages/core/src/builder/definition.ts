import { Suggester } from '../graph/did-you-mean.ts'
import type { EdgeDefinition } from '../model/blueprint.ts'
import type { Step } from './step.ts'

/** What all steps of a builder say together, before it is checked. */
export interface Definition {
  readonly id: string
  readonly steps: readonly Step[]
  /** The step that defines a node, by id; of a node that is defined twice the first one. */
  readonly byId: ReadonlyMap<string, Step>
  readonly edges: readonly EdgeDefinition[]
  /** Whether an edge closes a loop: its source can be reached from its target. */
  readonly isBackEdge: (edge: EdgeDefinition) => boolean
  /** Says of an unknown id that it is not defined, and which one may be meant. */
  readonly missing: (id: string) => string
}

/** Gathers steps, in their order. */
export function defineSteps(id: string, steps: readonly Step[]): Definition {
  const byId = new Map<string, Step>()
  for (const step of steps) if (step.node !== undefined && !byId.has(step.node.id)) byId.set(step.node.id, step)
  const edges = steps.flatMap((step) => step.edges.map((edge) => leavingLoop(byId, edge)))
  const suggester = new Suggester()
  const missing = (wanted: string): string =>
    `"${wanted}", which is not defined.${suggester.suggest(wanted, byId.keys())}`
  return { id, steps, byId, edges, isBackEdge: backEdges(edges), missing }
}

/** An edge that leaves a loop is taken when the loop is done. */
function leavingLoop(byId: ReadonlyMap<string, Step>, edge: EdgeDefinition): EdgeDefinition {
  if (edge.action !== undefined || edge.on === 'error' || byId.get(edge.source)?.isLoop !== true) return edge
  const { source, target, ...guards } = edge
  return { source, target, action: 'done', ...guards }
}

function backEdges(edges: readonly EdgeDefinition[]): (edge: EdgeDefinition) => boolean {
  const targets = new Map<string, string[]>()
  for (const { source, target } of edges) {
    const known = targets.get(source)
    if (known === undefined) targets.set(source, [target])
    else known.push(target)
  }
  const reached = new Map<string, Set<string>>()
  return ({ source, target }) => {
    let ids = reached.get(target)
    if (ids === undefined) {
      ids = reachableFrom(target, targets)
      reached.set(target, ids)
    }
    return ids.has(source)
  }
}

/** The ids that edges lead to from `start`, itself among them. */
function reachableFrom(start: string, targets: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set([start])
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const target of targets.get(id) ?? []) {
      if (seen.has(target)) continue
      seen.add(target)
      open.push(target)
    }
  }
  return seen
}

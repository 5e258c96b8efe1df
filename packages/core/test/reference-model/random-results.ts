import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { visitKey } from '../../src/model/visit.ts'
import type { Draw } from './random-blueprint.ts'
import { depthOf, loopRepeated, readGraph } from './reference-graph.ts'
import type { ReferenceLoop } from './reference-graph.ts'
import type { ReferenceResult, ReferenceResults } from './routing.ts'

/** Integers from a seed (mulberry32). */
export function seededDraw(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** FNV-1a, over UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/**
 * Results that depend on the seed and the visit only. No edge back is chosen any more from the second, third or fourth iteration
 * of its loop on, so that every run ends. Two seeds in five never fail.
 */
export function randomResults(blueprint: WorkflowBlueprint, seed: number): ReferenceResults {
  const graph = readGraph(blueprint)
  const canFail = hashText(`${seed} fails`) % 5 >= 2
  const limitOf = (loop: ReferenceLoop): number =>
    depthOf(graph, loop) === 2 ? 1 : 1 + (hashText(`${seed} limit ${loop.header}`) % 3)
  return (nodeId, iteration, insteadOf): ReferenceResult => {
    const name = insteadOf === undefined ? { nodeId, iteration } : { nodeId, iteration, insteadOf }
    const draw = seededDraw(hashText(`${seed} ${visitKey(name)}`))
    const chance = (percent: number): boolean => draw(100) < percent
    // A fallback's result goes along the edges of the node in whose place it runs.
    const outgoing = graph.edges.filter((edge) => edge.source === (insteadOf ?? nodeId))

    const conditions: Record<string, boolean> = {}
    const actions = new Set<string>()
    const exhaustedActions = new Set<string>()
    for (const edge of outgoing) {
      const { action, condition } = edge.definition
      const loop = loopRepeated(graph, edge)
      const limit = loop === undefined ? Infinity : limitOf(loop)
      const isExhausted = loop !== undefined && (iteration[depthOf(graph, loop)] ?? 0) >= limit
      if (condition !== undefined) conditions[edge.key] = !isExhausted && chance(70)
      if (action !== undefined) actions.add(action)
      if (action !== undefined && condition === undefined && isExhausted) exhaustedActions.add(action)
    }
    const hasRescue =
      graph.nodes.get(nodeId)?.config?.fallback !== undefined || outgoing.some((edge) => edge.definition.on === 'error')
    const failPercent = insteadOf !== undefined ? 25 : hasRescue ? 45 : 7
    if (canFail && chance(failPercent)) return { fail: true, conditions }
    if (chance(6)) return { conditions }
    if (chance(6)) return { action: 'nowhere', conditions }
    const candidates = [...actions].filter((action) => !exhaustedActions.has(action))
    const action = candidates[draw(Math.max(1, candidates.length))]
    return action === undefined ? { conditions } : { action, conditions }
  }
}

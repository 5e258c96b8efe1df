import type { Control } from './control.ts'
import { nodeId } from './visit.ts'

/** At the end of a run, a fallback node that nobody needed is skipped. */
export function noteUnneededFallbacks({ facts, graph, run }: Control): void {
  if (facts === undefined) return
  for (const fallback of new Set(graph.fallbackOf)) {
    if (fallback === -1 || run.usedFallbacks.includes(fallback)) continue
    facts.push({ type: 'node.skipped', nodeId: nodeId(graph, fallback), iteration: [], reason: { type: 'not-needed' } })
  }
}

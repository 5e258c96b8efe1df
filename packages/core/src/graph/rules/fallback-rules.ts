import type { BlueprintFacts } from './blueprint-facts.ts'

/** A fallback runs in the place of the node that failed: it has no edges and no fallback of its own. */
export function checkFallbacks(facts: BlueprintFacts): void {
  for (const { id, config } of facts.nodes) {
    const fallback = config?.fallback
    if (fallback === undefined || facts.indexById.has(fallback)) continue
    const mend = facts.suggest(fallback, facts.indexById.keys(), 'Add it to the nodes.')
    facts.report('UNKNOWN_FALLBACK', `Node "${id}" names the fallback "${fallback}", which is not a node.${mend}`, {
      nodeId: id,
    })
  }
  for (let node = 0; node < facts.nodes.length; node++) {
    if (facts.isFallback[node] !== 1) continue
    const nodeId = facts.nodeId(node)
    const edges = (facts.outgoing[node]?.length ?? 0) + (facts.incoming[node]?.length ?? 0)
    if (edges > 0) {
      const mend = "It runs in the place of the node that failed, and that node's edges go on from it: remove its own."
      facts.report(
        'FALLBACK_WITH_EDGES',
        `Fallback "${nodeId}" has ${edges === 1 ? 'an edge' : `${edges} edges`}. ${mend}`,
        { nodeId },
      )
    }
    const next = facts.nodes[node]?.config?.fallback
    if (next !== undefined) {
      const message = `Fallback "${nodeId}" has a fallback of its own, "${next}", which would never run. Remove it, or let "${nodeId}" retry.`
      facts.report('FALLBACK_WITH_FALLBACK', message, { nodeId })
    }
  }
}

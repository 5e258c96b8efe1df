import type { BlueprintFacts } from './blueprint-facts.ts'

/** Nodes that may be named beside those of the blueprint that is checked: of the graph to which it is to be added. */
export interface NodesAround {
  ids(): Iterable<string>
  has(id: string): boolean
  isFallback(id: string): boolean
}

const nothingAround: NodesAround = { ids: () => [], has: () => false, isFallback: () => false }

/** A node can cancel other nodes that run by themselves; a fallback is cancelled with the node in whose place it runs. */
export function checkCancels(facts: BlueprintFacts, around: NodesAround = nothingAround): void {
  for (const [node, { id, config }] of facts.nodes.entries()) {
    if (config?.cancels === undefined) continue
    if (facts.isFallback[node] === 1) {
      const mend = 'Move it to the node in whose place it runs: it counts for both.'
      facts.report('INVALID_CANCELS', `Fallback "${id}" has "cancels". ${mend}`, { nodeId: id })
    }
    for (const cancelled of new Set(config.cancels)) checkCancelled(facts, around, id, cancelled)
  }
}

function checkCancelled(facts: BlueprintFacts, around: NodesAround, nodeId: string, cancelled: string): void {
  const index = facts.indexById.get(cancelled)
  if (index === undefined && !around.has(cancelled)) {
    const mend = facts.suggest(cancelled, [...facts.indexById.keys(), ...around.ids()])
    facts.report('UNKNOWN_NODE', `Node "${nodeId}" cancels "${cancelled}", which is not a node.${mend}`, { nodeId })
  } else if (cancelled === nodeId) {
    const mend = 'It has settled when its region is cancelled: remove its own id.'
    facts.report('INVALID_CANCELS', `Node "${nodeId}" cancels itself. ${mend}`, { nodeId })
  } else if (facts.isFallback[index ?? -1] === 1 || around.isFallback(cancelled)) {
    const mend = 'Name the node in whose place it runs: its fallback is cancelled with it.'
    facts.report('INVALID_CANCELS', `Node "${nodeId}" cancels "${cancelled}", which is a fallback. ${mend}`, { nodeId })
  }
}

import type { BlueprintFacts } from './blueprint-facts.ts'

/** A run must begin somewhere and be able to come everywhere. */
export function checkReachability(facts: BlueprintFacts): void {
  for (const id of facts.blueprint.start ?? []) checkStart(facts, id)
  if (facts.starts.length === 0) {
    const mend =
      facts.nodes.length === 0
        ? 'Add a node.'
        : 'Every node has an incoming edge: name the one where a run begins in "start".'
    facts.report('NO_START_NODE', `The blueprint has no node to start with. ${mend}`)
    return
  }
  const reached = reachableNodes(facts)
  for (let node = 0; node < facts.nodes.length; node++) {
    const nodeId = facts.nodeId(node)
    if (reached[node] === 1 || facts.indexById.get(nodeId) !== node) continue
    const mend = 'Add an edge to it, add it to "start", or remove it.'
    facts.report('UNREACHABLE_NODE', `Node "${nodeId}" cannot be reached from a start node. ${mend}`, { nodeId })
  }
}

function checkStart(facts: BlueprintFacts, id: string): void {
  const node = facts.indexById.get(id)
  if (node === undefined) {
    facts.report(
      'UNKNOWN_NODE',
      `"start" names "${id}", which is not a node.${facts.suggest(id, facts.indexById.keys())}`,
    )
  } else if (facts.isFallback[node] === 1) {
    facts.report(
      'FALLBACK_WITH_EDGES',
      `Node "${id}" is a fallback and cannot be a start node. Remove it from "start".`,
      { nodeId: id },
    )
  }
}

/** By node: 1 if a run can come there along edges, or as the fallback of a node where it can come. */
function reachableNodes(facts: BlueprintFacts): Uint8Array {
  const reached = new Uint8Array(facts.nodes.length)
  const open = [...facts.starts]
  for (const start of open) reached[start] = 1
  const reach = (node: number): void => {
    if (reached[node] === 1) return
    reached[node] = 1
    open.push(node)
  }
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const target of facts.outgoing[node] ?? []) reach(target)
    const fallback = facts.nodes[node]?.config?.fallback
    const fallbackIndex = fallback === undefined ? undefined : facts.indexById.get(fallback)
    if (fallbackIndex !== undefined) reach(fallbackIndex)
  }
  return reached
}

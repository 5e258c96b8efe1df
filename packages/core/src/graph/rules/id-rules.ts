import { checkId } from '../ids.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'

/** Ids that are not allowed or given twice, and edges whose ends do not exist. */
export function checkIds(facts: BlueprintFacts): void {
  const wrong = checkId(facts.blueprint.id)
  if (wrong !== undefined) facts.report('INVALID_ID', `Blueprint: ${wrong}.`)
  checkNodeIds(facts)
  for (const [edge, { source, target }] of facts.edges.entries()) {
    if (facts.edgeSource[edge] === -1) reportGhost(facts, edge, 'starts', source)
    if (facts.edgeTarget[edge] === -1) reportGhost(facts, edge, 'ends', target)
  }
}

function checkNodeIds(facts: BlueprintFacts): void {
  const reported = new Set<string>()
  for (const [index, { id }] of facts.nodes.entries()) {
    const wrong = checkId(id)
    if (wrong !== undefined) facts.report('INVALID_ID', `Node ${index}: ${wrong}.`, { nodeId: id })
    if (facts.indexById.get(id) === index || reported.has(id)) continue
    reported.add(id)
    facts.report('DUPLICATE_ID', `Several nodes have the id "${id}"; give each node an id of its own.`, { nodeId: id })
  }
}

function reportGhost(facts: BlueprintFacts, edge: number, verb: string, id: string): void {
  const key = facts.edgeKey(edge)
  const mend = facts.suggest(id, facts.indexById.keys(), 'Add the node or remove the edge.')
  facts.report('UNKNOWN_NODE', `Edge "${key}" ${verb} at "${id}", which is not a node.${mend}`, { edge: key })
}

import type { BlueprintFacts } from './blueprint-facts.ts'

/** How many ids a message lists. */
const maxListed = 5

/** A loop is entered at one node only, its header; only there does `maxIterations` have a meaning. */
export function checkLoops(facts: BlueprintFacts): void {
  for (const { entries, nodes } of facts.loops.irreducible) {
    if (entries.length < 2) continue // without an entry it cannot be reached, which is reported as such
    const ids = listIds(facts, entries)
    const inside = listIds(facts, nodes)
    const message = `The loop of ${inside} is entered at several nodes: ${ids}. Enter it at one node, or put a node before it that leads to one.`
    facts.report('LOOP_WITH_SEVERAL_ENTRIES', message, { nodeId: facts.nodeId(entries[0] ?? 0) })
  }
  const headers = new Set(facts.loops.loops.map(({ header }) => header))
  for (const [node, { id, config }] of facts.nodes.entries()) {
    if (config?.maxIterations === undefined || headers.has(node)) continue
    const message = `Node "${id}" has config.maxIterations, but is not the header of a loop: it has no effect there.`
    facts.report('UNUSED_SETTING', message, { nodeId: id, severity: 'warning' })
  }
}

function listIds(facts: BlueprintFacts, nodes: readonly number[]): string {
  const listed = nodes.slice(0, maxListed).map((node) => `"${facts.nodeId(node)}"`)
  return nodes.length > maxListed ? `${listed.join(', ')} and ${nodes.length - maxListed} more` : listed.join(', ')
}

import type { EdgeDefinition } from '../../model/blueprint.ts'
import type { Loop } from '../loops.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'

/** Joins that can never fire: more edges are asked for than can be taken together. */
export function checkJoins(facts: BlueprintFacts): void {
  const starts = new Set(facts.starts)
  const loops = new Map(facts.loops.loops.map((loop) => [loop.header, loop]))
  for (const [node, { config }] of facts.nodes.entries()) {
    const strategy = config?.joinStrategy
    if (strategy === undefined || (typeof strategy === 'string' && strategy !== 'every')) continue
    for (const group of edgeGroups(facts, node, starts.has(node) ? 1 : 0, loops.get(node))) {
      if (strategy === 'every') checkEvery(facts, node, group)
      else checkAtLeast(facts, node, strategy.atLeast, group)
    }
  }
}

/** Edges that one join looks at together; at the header of a loop these are the entry edges, and later the back edges. */
interface EdgeGroup {
  readonly name: string
  readonly edges: readonly number[]
  /** The beginning of the run counts as one more edge. */
  readonly extra: number
}

function edgeGroups(facts: BlueprintFacts, node: number, extra: number, loop: Loop | undefined): EdgeGroup[] {
  const incoming = facts.incoming[node] ?? []
  if (loop === undefined) return [{ name: 'incoming edges', edges: incoming, extra }]
  const inside = new Set(loop.nodes)
  const isBack = (edge: number): boolean => inside.has(facts.edgeSource[edge] ?? -1)
  return [
    { name: 'edges into the loop', edges: incoming.filter((edge) => !isBack(edge)), extra },
    { name: 'edges back to it', edges: incoming.filter(isBack), extra: 0 },
  ]
}

function checkEvery(facts: BlueprintFacts, node: number, { name, edges }: EdgeGroup): void {
  const most = mostTaken(facts, edges)
  if (most === edges.length) return
  const nodeId = facts.nodeId(node)
  const message =
    `Node "${nodeId}" joins by "every", but of its ${edges.length} ${name} at most ${most} can be taken: several come from one node for ` +
    `different actions, or for its success and its failure. Use "all", which ignores edges that were not chosen.`
  facts.report('JOIN_NEVER_FIRES', message, { nodeId })
}

function checkAtLeast(facts: BlueprintFacts, node: number, atLeast: number, { name, edges, extra }: EdgeGroup): void {
  const nodeId = facts.nodeId(node)
  const most = mostTaken(facts, edges) + extra
  if (Number.isSafeInteger(atLeast) && atLeast >= 1 && atLeast <= most) return
  const range =
    most === 0 ? 'none can be taken' : `it must be a whole number from 1 to ${most}, as many as can be taken`
  const message = `Node "${nodeId}" joins by { "atLeast": ${atLeast} }; of its ${edges.length + extra} ${name} ${range}.`
  facts.report('AT_LEAST_OUT_OF_RANGE', message, { nodeId })
}

/** How many of these edges can be taken together: of one node either its error edges or those of one action and those without. */
function mostTaken(facts: BlueprintFacts, edges: readonly number[]): number {
  const bySource = new Map<number, EdgeDefinition[]>()
  for (const edge of edges) {
    const source = facts.edgeSource[edge] as number
    const group = bySource.get(source) ?? []
    group.push(facts.edges[edge] as EdgeDefinition)
    bySource.set(source, group)
  }
  let most = 0
  for (const group of bySource.values()) most += mostOfOneSource(group)
  return most
}

function mostOfOneSource(edges: readonly EdgeDefinition[]): number {
  let errors = 0
  let plain = 0
  const byAction = new Map<string, number>()
  for (const { on, action } of edges) {
    if (on === 'error') errors++
    else if (action === undefined) plain++
    else byAction.set(action, (byAction.get(action) ?? 0) + 1)
  }
  return Math.max(errors, plain + Math.max(0, ...byAction.values()))
}

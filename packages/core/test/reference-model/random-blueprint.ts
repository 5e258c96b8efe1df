import type { EdgeDefinition, JoinStrategy, NodeConfig, WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { keyedEdges } from './reference-graph.ts'

/** An integer from 0 up to, not including, `below`. 0 stands for the simplest choice. */
export type Draw = (below: number) => number

/** A node in topological order of the graph without its edges back, with the planned loops around it, outermost first. */
interface Slot {
  readonly id: string
  readonly loops: readonly PlannedLoop[]
}

interface PlannedLoop {
  readonly header: string
}

type Guard = Omit<EdgeDefinition, 'source' | 'target'>

/**
 * A random blueprint of 1 to 14 nodes. Nodes are laid out in a row, loops are stretches of it that begin with their header, and
 * no forward edge enters a stretch but at its header: so every loop has one entry.
 *
 * The condition of an edge reads its own key from the source's output, `result["a>b#0"]`, or, on an error edge, looks for it in
 * the error's message: a handler that gives the `conditions` of a `ReferenceResult` in this form agrees with the model.
 */
export function randomBlueprint(draw: Draw): WorkflowBlueprint {
  const total = 1 + Math.max(draw(14), draw(14))
  const fallbackCount = chance(draw, 30) ? Math.min(1 + draw(2), total - 1) : 0
  const slots: Slot[] = []
  layOut(draw, slots, total - fallbackCount, [])
  const optionalStarts = slots.filter(
    ({ id, loops }, index) => index === 0 || ((loops.length === 0 || isOuterHeader(id, loops)) && chance(draw, 9)),
  )
  const starts = new Set(optionalStarts.map((slot) => slot.id))
  const plain = withConditions([...forwardEdges(draw, slots, starts), ...backEdges(draw, slots)])
  const edges = shuffled(draw, plain)

  const outer = slots.filter(({ id, loops }) => loops.length === 0 || isOuterHeader(id, loops))
  const extraStart = outer[draw(outer.length)]
  if (extraStart !== undefined && chance(draw, 10)) starts.add(extraStart.id)
  const mustName = [...starts].some((id) => edges.some((edge) => edge.target === id))
  const start = mustName || chance(draw, 10) ? { start: [...starts] } : {}

  const fallbackOf = new Map<string, string>()
  for (let index = 0; index < fallbackCount; index += 1) {
    for (let user = 0; user <= draw(3); user += 1) {
      const slot = slots[draw(slots.length)]
      if (slot !== undefined) fallbackOf.set(slot.id, `f${index}`)
    }
  }
  const ids = [...slots.map((slot) => slot.id), ...new Set(fallbackOf.values())]
  const nodes = ids.map((id) => {
    const joinStrategy = drawStrategy(draw, id, edges, slots, starts.has(id))
    const fallback = fallbackOf.get(id)
    const config: NodeConfig = {
      ...(joinStrategy === undefined ? {} : { joinStrategy }),
      ...(fallback === undefined ? {} : { fallback }),
    }
    return { id, uses: 'scripted', ...(Object.keys(config).length === 0 ? {} : { config }) }
  })
  return { id: 'random', ...start, nodes, edges, policy: { onFailure: 'continue' } }
}

/** The blueprint with one to four nodes that cancel one to three others each, from anywhere to anywhere. */
export function withCancels(draw: Draw, blueprint: WorkflowBlueprint): WorkflowBlueprint {
  const fallbacks = new Set(blueprint.nodes.flatMap(({ config }) => config?.fallback ?? []))
  const ids = blueprint.nodes.map(({ id }) => id).filter((id) => !fallbacks.has(id))
  const pick = (): string => ids[draw(ids.length)] ?? ''
  const cancels = new Map<string, string[]>()
  for (let count = 1 + draw(4); count > 0; count -= 1) {
    const by = pick()
    const others = Array.from({ length: 1 + draw(3) }, pick).filter((id) => id !== by)
    cancels.set(by, [...new Set([...(cancels.get(by) ?? []), ...others])])
  }
  const nodes = blueprint.nodes.map((node) => {
    const named = cancels.get(node.id) ?? []
    return named.length === 0 ? node : { ...node, config: { ...node.config, cancels: named } }
  })
  return { ...blueprint, nodes }
}

function chance(draw: Draw, percent: number): boolean {
  return draw(100) >= 100 - percent
}

function isOuterHeader(id: string, loops: readonly PlannedLoop[]): boolean {
  return loops.length === 1 && loops[0]?.header === id
}

/** Appends `count` slots: plain nodes and, at most three deep, loops that begin with their header. */
function layOut(draw: Draw, slots: Slot[], count: number, loops: readonly PlannedLoop[]): void {
  let left = count
  while (left > 0) {
    const isLoop = loops.length < 3 && chance(draw, loops.length === 0 ? 22 : 32)
    const isAlone = isLoop && (left === 1 ? chance(draw, 30) : chance(draw, 15))
    const size = isAlone ? 1 : isLoop && left > 1 ? 2 + draw(Math.min(left - 1, 8)) : 0
    const id = `n${slots.length}`
    if (size === 0) {
      slots.push({ id, loops })
      left -= 1
    } else {
      const inside = [...loops, { header: id }]
      slots.push({ id, loops: inside })
      layOut(draw, slots, size - 1, inside)
      left -= size
    }
  }
}

/** Whether a forward edge may go from one slot to a later one: the only loop that it enters has the target as header. */
function mayLead(from: Slot, to: Slot): boolean {
  return to.loops.every((loop) => loop.header === to.id || from.loops.includes(loop))
}

/** One edge into each slot that does not start, so that all are reachable; then more, some of them parallel. */
function forwardEdges(draw: Draw, slots: readonly Slot[], starts: ReadonlySet<string>): EdgeDefinition[] {
  const edges: EdgeDefinition[] = []
  for (const [index, target] of slots.entries()) {
    const sources = slots
      .slice(0, index)
      .filter((slot) => mayLead(slot, target))
      .reverse()
    const wanted = (starts.has(target.id) ? 0 : 1) + (chance(draw, 50) ? 1 + draw(3) : 0)
    for (let count = 0; count < wanted && sources.length > 0; count += 1) {
      const source = sources[draw(chance(draw, 50) ? sources.length : Math.min(sources.length, 3))]
      const isParallel = edges.some((edge) => edge.source === source?.id && edge.target === target.id)
      if (source === undefined || (isParallel && !chance(draw, 15))) continue
      edges.push({ source: source.id, target: target.id, ...forwardGuard(draw) })
    }
  }
  return edges
}

/** One to three edges back to each header, from anywhere inside its loop, inner loops included. */
function backEdges(draw: Draw, slots: readonly Slot[]): EdgeDefinition[] {
  const edges: EdgeDefinition[] = []
  const loops = new Set(slots.flatMap((slot) => slot.loops))
  for (const loop of loops) {
    const inside = slots.filter((slot) => slot.loops.includes(loop)).reverse()
    const wanted = Math.min(inside.length, 1 + (chance(draw, 45) ? 1 + draw(2) : 0))
    for (let count = 0; count < wanted; count += 1) {
      // The header itself seldom: such a loop may have nothing else in it.
      const source = inside[draw(chance(draw, 15) ? inside.length : Math.max(1, inside.length - 1))]
      if (source !== undefined) edges.push({ source: source.id, target: loop.header, ...backGuard(draw) })
    }
  }
  return edges
}

function forwardGuard(draw: Draw): Guard {
  const kind = draw(100)
  if (kind < 62) return {}
  if (kind < 74) return { action: drawAction(draw) }
  if (kind < 89) return { condition: '' }
  if (kind < 93) return { action: drawAction(draw), condition: '' }
  return kind < 97 ? { on: 'error' } : { on: 'error', condition: '' }
}

/** Never plain: results must be able to stop the loop. */
function backGuard(draw: Draw): Guard {
  const kind = draw(100)
  if (kind < 30) return { action: drawAction(draw) }
  if (kind < 85) return { condition: '' }
  return kind < 92 ? { action: drawAction(draw), condition: '' } : { on: 'error', condition: '' }
}

function drawAction(draw: Draw): string {
  return ['a', 'b', 'c'][draw(3)] ?? 'a'
}

/** Writes each edge's key into its condition. */
function withConditions(edges: readonly EdgeDefinition[]): EdgeDefinition[] {
  return keyedEdges({ id: 'random', nodes: [], edges }).map(({ key, definition }) => {
    if (definition.condition === undefined) return definition
    return {
      ...definition,
      condition: definition.on === 'error' ? `result.message.contains("${key}")` : `result["${key}"]`,
    }
  })
}

/** Another order, in which parallel edges keep theirs (their keys are in their conditions). */
function shuffled(draw: Draw, edges: readonly EdgeDefinition[]): EdgeDefinition[] {
  if (!chance(draw, 50)) return [...edges]
  const rank = new Map<string, number>()
  for (const { source, target } of edges) {
    const pair = `${source}>${target}`
    if (!rank.has(pair)) rank.set(pair, draw(1000))
  }
  const rankOf = ({ source, target }: EdgeDefinition): number => rank.get(`${source}>${target}`) ?? 0
  return [...edges].sort((left, right) => rankOf(left) - rankOf(right))
}

/** A strategy that can be met by the edges that count for a first visit, and at a header also by those back to it. */
function drawStrategy(
  draw: Draw,
  id: string,
  edges: readonly EdgeDefinition[],
  slots: readonly Slot[],
  isStart: boolean,
): JoinStrategy | undefined {
  if (!chance(draw, 55)) return undefined
  const order = new Map(slots.map((slot, index) => [slot.id, index]))
  const incoming = edges.filter((edge) => edge.target === id)
  const isBack = ({ source }: EdgeDefinition): boolean => (order.get(source) ?? 0) >= (order.get(id) ?? 0)
  const entering = incoming.filter((edge) => !isBack(edge))
  const returning = incoming.filter(isBack)
  const virtual = isStart ? 1 : 0
  const canEnter = mostTaken(entering) + virtual
  const most = returning.length === 0 ? canEnter : Math.min(canEnter, mostTaken(returning))
  const isEveryPossible = canEnter === entering.length + virtual && mostTaken(returning) === returning.length
  const strategies: JoinStrategy[] = ['any', 'any', 'settled']
  // Lets iterations overlap.
  if (returning.length > 1) strategies.push('any', 'any')
  if (most > 0) strategies.push({ atLeast: 1 + draw(most) })
  if (most > 1) strategies.push({ atLeast: most })
  if (isEveryPossible) strategies.push('every')
  return strategies[draw(strategies.length)]
}

/** How many of these edges can be taken together at most: of one source, those of one action, or those of its failure. */
function mostTaken(edges: readonly EdgeDefinition[]): number {
  let sum = 0
  for (const source of new Set(edges.map((edge) => edge.source))) {
    const own = edges.filter((edge) => edge.source === source)
    const onSuccess = own.filter((edge) => edge.on !== 'error')
    const byAction = [undefined, ...onSuccess.map((edge) => edge.action)].map(
      (action) => onSuccess.filter((edge) => edge.action === undefined || edge.action === action).length,
    )
    sum += Math.max(own.length - onSuccess.length, ...byAction)
  }
  return sum
}

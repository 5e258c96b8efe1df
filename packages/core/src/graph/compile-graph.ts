import type { NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { defaultMaxIterations, edgeRoute, type CompiledGraph, type CompiledLoop } from './compiled-graph.ts'
import { guardOf, keysOnDemand } from './edge-keys.ts'
import { findLoops, type Loop } from './loops.ts'

const compiled = new WeakMap<WorkflowBlueprint, CompiledGraph>()

/**
 * The compiled form of a blueprint that passed validation. The blueprint is frozen and the result kept as long as the blueprint
 * lives. Linear in nodes and edges for each level of loop nesting.
 */
export function compileGraph(blueprint: WorkflowBlueprint): CompiledGraph {
  const known = compiled.get(blueprint)
  if (known !== undefined) return known
  const graph = buildGraph(blueprint)
  freezeDefinition(blueprint)
  compiled.set(blueprint, graph)
  return graph
}

function freezeDefinition(blueprint: WorkflowBlueprint): void {
  Object.freeze(blueprint)
  Object.freeze(blueprint.nodes)
  Object.freeze(blueprint.edges)
  for (const node of blueprint.nodes) Object.freeze(node)
  for (const edge of blueprint.edges) Object.freeze(edge)
}

function buildGraph(blueprint: WorkflowBlueprint): CompiledGraph {
  const { nodes, edges } = blueprint
  const indexById = new Map<string, number>()
  for (let index = 0; index < nodes.length; index++) indexById.set((nodes[index] as NodeDefinition).id, index)
  const indexOf = (id: string): number => indexById.get(id) ?? -1

  const edgeSource = edges.map((edge) => indexOf(edge.source))
  const edgeTarget = edges.map((edge) => indexOf(edge.target))
  const out = groupEdges(nodes.length, edgeSource)
  const incoming = groupEdges(nodes.length, edgeTarget)
  const fallbackOf = nodes.map((node) => (node.config?.fallback === undefined ? -1 : indexOf(node.config.fallback)))
  const isFallback: number[] = nodes.map(() => 0)
  for (const fallback of fallbackOf) if (fallback !== -1) isFallback[fallback] = 1
  const starts = startNodes(blueprint, incoming.starts, isFallback, indexOf)

  const targets = targetsByNode(nodes.length, out, edgeTarget)
  const forest = findLoops(nodes.length, targets, starts)
  const loopOf: number[] = nodes.map(() => -1)
  for (const loop of forest.loops) for (const node of loop.nodes) loopOf[node] = loop.index

  const loops = forest.loops.map((loop) => compileLoop(loop, blueprint, incoming, edgeSource, forest.loops, loopOf))
  const routes = routeEdges(edgeSource, edgeTarget, loops, loopOf)
  const places = assignPlaces(loopOf, edgeTarget, loops)
  const inDegree = countIncoming(nodes.length, incoming.starts, loops, starts)

  return {
    blueprint,
    nodes,
    edges,
    indexById,
    starts,
    loops,
    loopOf,
    joins: nodes.map((node) => node.config?.joinStrategy ?? 'all'),
    fallbackOf,
    isFallback,
    cancels: cancelledBy(nodes, indexOf),
    inDegree,
    outStart: out.starts,
    outEdges: out.edges,
    inStart: incoming.starts,
    inEdges: incoming.edges,
    edgeSource,
    edgeTarget,
    edgeGuards: edges.map(guardOf),
    edgeKey: keysOnDemand(edges),
    expansions: [],
    addedAt: new Map(),
    addedIteration: new Map(),
    addedOut: new Map(),
    addedIn: new Map(),
    room: new Map(),
    ...routes,
    ...places,
  }
}

function cancelledBy(
  nodes: readonly NodeDefinition[],
  indexOf: (id: string) => number,
): Map<number, readonly number[]> {
  const cancels = new Map<number, readonly number[]>()
  for (let node = 0; node < nodes.length; node++) {
    const named = nodes[node]?.config?.cancels
    if (named !== undefined) cancels.set(node, [...new Set(named.map(indexOf))])
  }
  return cancels
}

interface EdgeGroups {
  readonly starts: number[]
  readonly edges: number[]
}

/** Edges in order of one of their ends; those of node `n` stand from `starts[n]` to before `starts[n + 1]`. */
function groupEdges(nodeCount: number, ends: readonly number[]): EdgeGroups {
  const starts = Array.from({ length: nodeCount + 1 }, () => 0)
  for (const end of ends) starts[end + 1] = (starts[end + 1] ?? 0) + 1
  for (let node = 0; node < nodeCount; node++) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  const next = starts.slice()
  const edges = Array.from({ length: ends.length }, () => 0)
  for (let edge = 0; edge < ends.length; edge++) {
    const end = ends[edge] as number
    const place = next[end] as number
    edges[place] = edge
    next[end] = place + 1
  }
  return { starts, edges }
}

function targetsByNode(nodeCount: number, out: EdgeGroups, edgeTarget: readonly number[]): number[][] {
  return Array.from({ length: nodeCount }, (_, node) => {
    const targets: number[] = []
    for (let at = out.starts[node] as number; at < (out.starts[node + 1] as number); at++) {
      targets.push(edgeTarget[out.edges[at] as number] as number)
    }
    return targets
  })
}

function startNodes(
  blueprint: WorkflowBlueprint,
  inStart: readonly number[],
  isFallback: readonly number[],
  indexOf: (id: string) => number,
): number[] {
  if (blueprint.start !== undefined) return [...new Set(blueprint.start.map(indexOf))]
  const starts: number[] = []
  for (let node = 0; node < blueprint.nodes.length; node++) {
    if (inStart[node] === inStart[node + 1] && isFallback[node] !== 1) starts.push(node)
  }
  return starts
}

function compileLoop(
  loop: Loop,
  blueprint: WorkflowBlueprint,
  incoming: EdgeGroups,
  edgeSource: readonly number[],
  loops: readonly Loop[],
  loopOf: readonly number[],
): CompiledLoop {
  const entryEdges: number[] = []
  const backEdges: number[] = []
  for (let at = incoming.starts[loop.header] as number; at < (incoming.starts[loop.header + 1] as number); at++) {
    const edge = incoming.edges[at] as number
    if (isInside(edgeSource[edge] as number, loop.index, loops, loopOf)) backEdges.push(edge)
    else entryEdges.push(edge)
  }
  const maxIterations = blueprint.nodes[loop.header]?.config?.maxIterations ?? defaultMaxIterations
  return {
    ...loop,
    entryEdges,
    backEdges,
    exitEdges: [],
    maxIterations,
    directNodes: 0,
    directLoops: 0,
    directMarks: 0,
  }
}

function isInside(node: number, loop: number, loops: readonly Loop[], loopOf: readonly number[]): boolean {
  let at = loopOf[node] as number
  while (at !== -1 && at !== loop) at = (loops[at] as Loop).parent
  return at === loop
}

interface EdgeRoutes {
  readonly edgeRoutes: number[]
  readonly edgeLeaves: number[]
  readonly edgeExitPlace: number[]
}

function routeEdges(
  edgeSource: readonly number[],
  edgeTarget: readonly number[],
  loops: readonly CompiledLoop[],
  loopOf: readonly number[],
): EdgeRoutes {
  const edgeRoutes: number[] = []
  const edgeLeaves: number[] = []
  const edgeExitPlace: number[] = []
  for (let edge = 0; edge < edgeSource.length; edge++) {
    const sourceLoop = loopOf[edgeSource[edge] as number] as number
    const target = edgeTarget[edge] as number
    const targetLoop = loopOf[target] as number
    let leaves = -1
    for (let at = sourceLoop; at !== -1 && !isInside(target, at, loops, loopOf); at = (loops[at] as Loop).parent) {
      leaves = at
    }
    edgeLeaves.push(leaves)
    if (leaves !== -1) {
      const { exitEdges } = loops[leaves] as CompiledLoop
      edgeRoutes.push(edgeRoute.exit)
      edgeExitPlace.push(exitEdges.length)
      exitEdges.push(edge)
      continue
    }
    edgeExitPlace.push(-1)
    if (targetLoop !== sourceLoop) edgeRoutes.push(edgeRoute.enter)
    else edgeRoutes.push(targetLoop !== -1 && loops[targetLoop]?.header === target ? edgeRoute.back : edgeRoute.inside)
  }
  return { edgeRoutes, edgeLeaves, edgeExitPlace }
}

interface Places {
  readonly place: number[]
  readonly markPlace: number[]
  readonly rootNodes: number
  readonly rootLoops: number
  readonly rootMarks: number
}

/** Gives each node and edge its place in the frame that keeps its state, and counts what lies directly in each loop. */
function assignPlaces(
  loopOf: readonly number[],
  edgeTarget: readonly number[],
  loops: readonly CompiledLoop[],
): Places {
  let rootNodes = 0
  let rootLoops = 0
  let rootMarks = 0
  const place = loopOf.map((loop) => (loop === -1 ? rootNodes++ : (loops[loop] as CompiledLoop).directNodes++))
  const markPlace = edgeTarget.map((target) => {
    const loop = loopOf[target] as number
    return loop === -1 ? rootMarks++ : (loops[loop] as CompiledLoop).directMarks++
  })
  for (const { parent } of loops) {
    if (parent === -1) rootLoops++
    else (loops[parent] as CompiledLoop).directLoops++
  }
  return { place, markPlace, rootNodes, rootLoops, rootMarks }
}

function countIncoming(
  nodeCount: number,
  inStart: readonly number[],
  loops: readonly CompiledLoop[],
  starts: readonly number[],
): number[] {
  const inDegree = Array.from(
    { length: nodeCount },
    (_, node) => (inStart[node + 1] as number) - (inStart[node] as number),
  )
  for (const loop of loops) inDegree[loop.header] = loop.entryEdges.length
  // oxlint-disable-next-line operator-assignment -- the checked form of it needs the cast on both sides
  for (const start of starts) inDegree[start] = (inDegree[start] as number) + 1
  return inDegree
}

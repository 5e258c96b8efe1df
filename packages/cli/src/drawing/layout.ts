import { HeddleError, type EdgeDefinition, type NodeDefinition, type WorkflowBlueprint } from '@heddle/core'
import { printableLine } from '../output/printable.ts'
import { columnsOf, shorten } from '../output/shorten.ts'
import { createGraph, placeGraph, type Point } from './dagre.ts'

export type { Point } from './dagre.ts'

/** A node with its place; `x` and `y` are its middle, in pixels. */
export interface DrawnNode extends Point {
  readonly width: number
  readonly height: number
  /** Whole texts, for those who point at the node: its id, then what it is. */
  readonly title: string
  readonly lines: readonly string[]
  /** A kind that the engine brings along, a task, or a node that an edge names and that does not exist. */
  readonly kind: 'task' | 'map' | 'subflow' | 'wait' | 'sleep' | 'fallback' | 'ghost'
}

/** An edge with its way; a label has its middle at `labelAt`. */
export interface DrawnEdge {
  readonly points: readonly Point[]
  readonly lines: readonly string[]
  readonly labelAt: Point
  readonly labelWidth: number
  readonly labelHeight: number
  readonly title: string
  readonly kind: 'plain' | 'back' | 'error' | 'fallback'
}

/** A drawing with all its places, in pixels. */
export interface Layout {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
}

/** Nodes and edges that are laid out at most: the layout takes seconds for these, and nobody can read more. */
const maxParts = 3000

/** Columns of a label that are drawn; pointing at it shows the rest. */
const maxColumns = 36

const columnWidth = 7.4
const lineHeight = 17

type Kind = DrawnNode['kind']
type DrawableEdge = Pick<EdgeDefinition, 'source' | 'target'> & {
  readonly labels: readonly string[]
  readonly kind: DrawnEdge['kind']
}

/**
 * Places the nodes and edges of a blueprint, from the top down. An edge to a node that does not exist is drawn too.
 *
 * @throws HeddleError `LIMIT_EXCEEDED` for a graph of more than 3,000 nodes and edges
 */
export function layOut(blueprint: WorkflowBlueprint): Layout {
  const parts = blueprint.nodes.length + blueprint.edges.length
  if (parts > maxParts) {
    throw new HeddleError(
      'LIMIT_EXCEEDED',
      `"${blueprint.id}" has ${parts} nodes and edges; at most ${maxParts} are laid out. Use --format mermaid, or draw its subflows.`,
      { details: { parts, maxParts } },
    )
  }
  const edges = drawableEdges(blueprint)
  const nodes = drawableNodes(blueprint, edges)
  const graph = createGraph()
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 44, edgesep: 14, marginx: 16, marginy: 16 })
  for (const [id, { width, height }] of nodes) {
    graph.setNode(id, { width: width + 2 * roomForSelfEdges(id, edges), height })
  }
  for (const [index, { source, target, labels }] of edges.entries()) {
    if (source !== target) graph.setEdge(source, target, { ...labelSize(labels), labelpos: 'c' }, `e${index}`)
  }
  placeGraph(graph)
  const { width = 0, height = 0 } = graph.graph()
  const placed = new Map([...nodes].map(([id, node]) => [id, { ...node, ...placeOf(graph.node(id)) }]))
  return {
    title: printableLine(blueprint.id),
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: [...placed.values()],
    edges: edges.map((edge, index) => {
      const { source, target } = edge
      const node = placed.get(source)
      if (source === target && node !== undefined) return drawnEdge(edge, selfWay(node, edge))
      const line = graph.edge(source, target, `e${index}`)
      return drawnEdge(edge, { points: line.points ?? [], labelAt: placeOf(line) })
    }),
  }
}

function placeOf({ x = 0, y = 0 }: Partial<Point>): Point {
  return { x, y }
}

type Way = Pick<DrawnEdge, 'points' | 'labelAt'>

function drawnEdge({ source, target, labels, kind }: DrawableEdge, way: Way): DrawnEdge {
  const { width, height } = labelSize(labels)
  const [first] = way.points
  const last = way.points.at(-1)
  // The layout turns one edge of each cycle round: that one leads up.
  const isBack = source === target || (first !== undefined && last !== undefined && last.y < first.y)
  return {
    ...way,
    lines: labels.map((label) => shorten(label, maxColumns)),
    labelWidth: width,
    labelHeight: height,
    title: [`${printableLine(source)} → ${printableLine(target)}`, ...labels].join('\n'),
    kind: kind === 'plain' && isBack ? 'back' : kind,
  }
}

/** How far an edge from a node to itself reaches out on the right. */
const selfReach = 30

function roomForSelfEdges(id: string, edges: readonly DrawableEdge[]): number {
  const own = edges.filter(({ source, target }) => source === id && target === id)
  return own.length === 0 ? 0 : selfReach + Math.max(...own.map(({ labels }) => labelSize(labels).width))
}

/** The way of an edge from a node to itself: out on the right and back; its label stands beside it. */
function selfWay({ x, y, width, height }: DrawnNode, { labels }: DrawableEdge): Way {
  const right = x + width / 2
  const bend = right + selfReach
  const quarter = height / 4
  return {
    points: [
      { x: right, y: y - quarter },
      { x: bend, y: y - 2 * quarter },
      { x: bend, y: y + 2 * quarter },
      { x: right, y: y + quarter },
    ],
    labelAt: { x: bend - 6 + labelSize(labels).width / 2, y },
  }
}

function drawableEdges({ nodes, edges }: WorkflowBlueprint): readonly DrawableEdge[] {
  return [
    ...edges.map((edge): DrawableEdge => ({
      source: edge.source,
      target: edge.target,
      labels: edgeLabels(edge),
      kind: edge.on === 'error' ? 'error' : 'plain',
    })),
    ...nodes.flatMap(({ id, config }): readonly DrawableEdge[] =>
      config?.fallback === undefined
        ? []
        : [{ source: id, target: config.fallback, labels: ['fallback'], kind: 'fallback' }],
    ),
  ]
}

function edgeLabels({ action, condition, on, transform }: EdgeDefinition): readonly string[] {
  return [
    ...(on === 'error' ? ['on error'] : []),
    ...(action === undefined ? [] : [action]),
    ...(condition === undefined ? [] : [`if ${condition}`]),
    ...(transform === undefined ? [] : [`gives ${transform}`]),
  ].map(printableLine)
}

type SizedNode = Omit<DrawnNode, 'x' | 'y'>

function drawableNodes(blueprint: WorkflowBlueprint, edges: readonly DrawableEdge[]): ReadonlyMap<string, SizedNode> {
  const fallbacks = new Set(blueprint.nodes.map(({ config }) => config?.fallback))
  const nodes = new Map(
    blueprint.nodes.map((node) => [node.id, sizedNode(node.id, nodeLines(node), kindOf(node, fallbacks))]),
  )
  for (const id of edges.flatMap(({ source, target }) => [source, target])) {
    if (!nodes.has(id)) nodes.set(id, sizedNode(id, ['not a node'], 'ghost'))
  }
  return nodes
}

function kindOf({ id, uses }: NodeDefinition, fallbacks: ReadonlySet<string | undefined>): Kind {
  if (fallbacks.has(id)) return 'fallback'
  if (uses === 'map' || uses === 'subflow' || uses === 'sleep' || uses === 'wait') return uses
  return uses === 'webhook' ? 'wait' : 'task'
}

function nodeLines({ id, uses, config }: NodeDefinition): readonly string[] {
  const { joinStrategy = 'all', retry, timeoutMs } = config ?? {}
  const join = typeof joinStrategy === 'string' ? joinStrategy : `at least ${joinStrategy.atLeast}`
  const settings = [
    ...(join === 'all' ? [] : [`join ${join}`]),
    ...(retry === undefined || retry.maxAttempts <= 1 ? [] : [`${retry.maxAttempts} attempts`]),
    ...(timeoutMs === undefined ? [] : [`${timeoutMs} ms`]),
  ]
  return [...(uses === id ? [] : [uses]), ...(settings.length === 0 ? [] : [settings.join(', ')])].map(printableLine)
}

function sizedNode(id: string, details: readonly string[], kind: Kind): SizedNode {
  const whole = [printableLine(id), ...details]
  const lines = whole.map((line) => shorten(line, maxColumns))
  const { width, height } = labelSize(lines)
  return { title: whole.join('\n'), lines, kind, width: Math.max(64, width + 22), height: height + 16 }
}

/** Room for lines of text, in pixels; none for no lines. */
function labelSize(lines: readonly string[]): { readonly width: number; readonly height: number } {
  if (lines.length === 0) return { width: 0, height: 0 }
  const columns = Math.max(...lines.map((line) => columnsOf(shorten(line, maxColumns))))
  return { width: Math.ceil(columns * columnWidth) + 10, height: lines.length * lineHeight + 4 }
}

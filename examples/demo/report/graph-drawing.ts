import { Graph, layout } from '@dagrejs/dagre'
import { edgeKeys, type EdgeMark, type RunEvent, type WorkflowBlueprint } from '@heddle/core'
import { line, curveBasis } from 'd3-shape'
import { count } from './quantities.ts'
import type { RunRow } from './run-rows.ts'
import { drawing, label, tag } from './svg.ts'

const nodeHeight = 40

interface Point {
  readonly x: number
  readonly y: number
}

interface Placed extends Point {
  readonly width: number
  readonly height: number
}

/** What is used of dagre's graph: the paths inside its own type declarations do not resolve under `nodenext`. */
interface LayoutGraph {
  setGraph(settings: Readonly<Record<string, string | number>>): void
  setNode(id: string, size: { readonly width: number; readonly height: number }): void
  setEdge(source: string, target: string, settings: Readonly<Record<string, string | number>>): void
  graph(): { readonly width?: number; readonly height?: number }
  node(id: string): Placed
  edge(source: string, target: string): { readonly points: readonly Point[] }
}

const DagreGraph = Graph as unknown as new () => LayoutGraph
const placeNodes = layout as unknown as (graph: LayoutGraph) => void

/** The graph of the workflow, coloured by what the run made of it: ways that were not taken are dashed. */
export function graphDrawing(
  blueprint: WorkflowBlueprint,
  rows: readonly RunRow[],
  journal: readonly RunEvent[],
): string {
  const graph = layOut(blueprint)
  const marks = marksOf(journal)
  const keys = edgeKeys(blueprint.edges)
  const edges = blueprint.edges.map(({ source, target, action }, index) => {
    const { points } = graph.edge(source, target)
    return drawEdge(points, marks.get(keys[index] ?? '') ?? 'skipped', action)
  })
  const nodes = rows.map((row) => drawNode(row, graph.node(row.nodeId)))
  const { width = 0, height = 0 } = graph.graph()
  const arrow = tag('path', { class: 'arrow', d: 'M0 0L8 4L0 8z' })
  const marker = {
    id: 'arrow',
    markerWidth: 8,
    markerHeight: 8,
    refX: 7,
    refY: 4,
    orient: 'auto',
    markerUnits: 'userSpaceOnUse',
  }
  return drawing(
    width,
    height,
    `The graph of the workflow: ${blueprint.nodes.length} nodes, ${blueprint.edges.length} edges`,
    tag('defs', {}, tag('marker', marker, arrow)),
    ...edges,
    ...nodes,
  )
}

function layOut({ nodes, edges }: WorkflowBlueprint): LayoutGraph {
  const graph = new DagreGraph()
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 34, marginx: 4, marginy: 8 })
  for (const { id } of nodes) graph.setNode(id, { width: Math.max(82, 30 + id.length * 7.4), height: nodeHeight })
  for (const { source, target, action } of edges) {
    graph.setEdge(source, target, action === undefined ? {} : { width: action.length * 6.5, height: 16, labelpos: 'c' })
  }
  placeNodes(graph)
  return graph
}

/** The last mark of each edge: one that leads back is skipped in the round that ends the loop, but was taken before. */
function marksOf(journal: readonly RunEvent[]): Map<string, EdgeMark> {
  const marks = new Map<string, EdgeMark>()
  for (const event of journal) {
    if (event.type !== 'edge.taken' && event.type !== 'edge.skipped' && event.type !== 'edge.failed') continue
    if (marks.get(event.edge) !== 'taken') marks.set(event.edge, event.type.slice('edge.'.length) as EdgeMark)
  }
  return marks
}

function drawEdge(points: readonly Point[], mark: EdgeMark, action: string | undefined): string {
  const path =
    line<Point>(
      ({ x }) => x,
      ({ y }) => y,
    )
      .curve(curveBasis)
      .digits(1)(points) ?? ''
  const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 }
  return tag(
    'g',
    { class: `edge ${mark}` },
    tag('path', { d: path, 'marker-end': 'url(#arrow)' }),
    ...(action === undefined
      ? []
      : [label(middle.x, middle.y - 4, action, { class: 'tick', 'text-anchor': 'middle' })]),
  )
}

function drawNode({ nodeId, status, attempts, rounds, items }: RunRow, { x, y, width, height }: Placed): string {
  const badge =
    rounds > 0
      ? count(rounds, 'round')
      : items > 0
        ? count(items, 'item')
        : attempts > 1
          ? count(attempts, 'attempt')
          : ''
  const box = { x: x - width / 2, y: y - height / 2, width, height, rx: 7 }
  const text = { class: 'node-name', 'text-anchor': 'middle' }
  return tag(
    'g',
    { class: `node ${status}` },
    tag('rect', box),
    label(x, y + (badge === '' ? 4 : -2), nodeId, text),
    ...(badge === '' ? [] : [label(x, y + 13, badge, { class: 'badge', 'text-anchor': 'middle' })]),
  )
}

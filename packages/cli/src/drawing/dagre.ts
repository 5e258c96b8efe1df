import * as dagre from '@dagrejs/dagre'

/** A point of a drawing, in pixels from its upper left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A box as it is given; `x` and `y` of its middle are what the layout adds. */
interface Box {
  readonly width: number
  readonly height: number
  readonly x?: number
  readonly y?: number
}

/** A line as it is given, with the size of its label; its points and the middle of the label are what the layout adds. */
interface Line {
  readonly width: number
  readonly height: number
  readonly labelpos: 'c'
  readonly points?: readonly Point[]
  readonly x?: number
  readonly y?: number
}

/** What we use of a graph of dagre's. */
export interface DagreGraph {
  setGraph(settings: Readonly<Record<string, unknown>>): unknown
  graph(): { readonly width?: number; readonly height?: number }
  setNode(name: string, box: Box): unknown
  node(name: string): Box
  setEdge(source: string, target: string, line: Line, name: string): unknown
  edge(source: string, target: string, name: string): Line
}

/** What we use of dagre: its own types are not resolvable from an ES module (relative imports without extension). */
interface Dagre {
  readonly Graph: new (options: { readonly multigraph: boolean }) => DagreGraph
  readonly layout: (graph: DagreGraph) => unknown
}

const { Graph, layout } = dagre as unknown as Dagre

/** An empty graph that may have several lines between two boxes. */
export function createGraph(): DagreGraph {
  return new Graph({ multigraph: true })
}

/** Gives all boxes and lines of a graph their places (Sugiyama's method, top down). */
export function placeGraph(graph: DagreGraph): void {
  layout(graph)
}

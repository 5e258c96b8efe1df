/** A directed graph without loops, as plain numbers: what every engine builds its own definition from. */
export interface Graph {
  readonly id: string
  /** One id a node: `[A-Za-z0-9_.-]{1,128}`, unique. */
  readonly nodeIds: readonly string[]
  /** Pairs of positions in `nodeIds`: source, target. */
  readonly edges: readonly (readonly [number, number])[]
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, node) => `n${node}`)

/** 0 → 1 → … → count - 1. */
export function chain(count: number): Graph {
  return {
    id: `chain-${count}`,
    nodeIds: numbered(count),
    edges: Array.from({ length: count - 1 }, (_, node) => [node, node + 1] as const),
  }
}

/** One node, `width` nodes behind it, one node behind them all. */
export function fan(width: number): Graph {
  const last = width + 1
  const edges: (readonly [number, number])[] = []
  for (let node = 1; node <= width; node++) edges.push([0, node], [node, last])
  return { id: `fan-${width}`, nodeIds: numbered(width + 2), edges }
}

/** `depth` layers of `width` nodes; each node but those of the first layer has `parents` predecessors in the layer before. */
export function layers(depth: number, width: number, parents: number): Graph {
  const edges: (readonly [number, number])[] = []
  for (let node = width; node < depth * width; node++) {
    const layerStart = node - (node % width) - width
    for (let parent = 0; parent < parents; parent++) edges.push([layerStart + ((node + parent * 7) % width), node])
  }
  return { id: `layers-${depth}x${width}`, nodeIds: numbered(depth * width), edges }
}

/** For each node its successors. */
export function successorsOf(graph: Graph): number[][] {
  const successors: number[][] = graph.nodeIds.map(() => [])
  for (const [source, target] of graph.edges) successors[source]?.push(target)
  return successors
}

/** For each node its predecessors. */
export function predecessorsOf(graph: Graph): number[][] {
  const predecessors: number[][] = graph.nodeIds.map(() => [])
  for (const [source, target] of graph.edges) predecessors[target]?.push(source)
  return predecessors
}

/** Length of the longest path, where passing a node takes `lengths[node]`: no schedule can be shorter. */
export function criticalPath(graph: Graph, lengths: readonly number[]): number {
  const successors = successorsOf(graph)
  const open = predecessorsOf(graph).map((list) => list.length)
  const begin = graph.nodeIds.map(() => 0)
  const ready = open.flatMap((count, node) => (count === 0 ? [node] : []))
  let longest = 0
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    const end = (begin[node] ?? 0) + (lengths[node] ?? 0)
    longest = Math.max(longest, end)
    for (const successor of successors[node] ?? []) {
      begin[successor] = Math.max(begin[successor] ?? 0, end)
      const left = (open[successor] ?? 0) - 1
      open[successor] = left
      if (left === 0) ready.push(successor)
    }
  }
  return longest
}

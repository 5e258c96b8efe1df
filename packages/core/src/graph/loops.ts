/** One loop: a set of nodes on cycles that is entered at its header only. */
export interface Loop {
  readonly index: number
  /** The only node at which the loop is entered. */
  readonly header: number
  /** Index of the loop directly around this one, or -1. */
  readonly parent: number
  /** 1 for an outermost loop. */
  readonly depth: number
  /** All nodes inside, those of nested loops included. */
  readonly nodes: readonly number[]
}

/** A set of nodes on cycles that is entered at several nodes: it has no meaning as a loop. */
interface IrreducibleLoop {
  readonly nodes: readonly number[]
  readonly entries: readonly number[]
}

/** What {@link findLoops} finds. */
export interface LoopForest {
  /** Outer loops before the loops nested in them. */
  readonly loops: readonly Loop[]
  readonly irreducible: readonly IrreducibleLoop[]
}

interface Region {
  readonly nodes: readonly number[]
  readonly parent: number
  readonly depth: number
}

/**
 * Finds the loops of a graph: every strongly connected component with a cycle is a loop; without the edges back to its header its
 * components are the loops nested in it. Iterative throughout, so that a chain of any length fits the stack; linear for each level
 * of nesting.
 *
 * @param outgoing targets of each node, by index
 * @param starts nodes at which a run begins: the beginning enters there like an edge from outside
 */
export function findLoops(
  nodeCount: number,
  outgoing: readonly (readonly number[])[],
  starts: readonly number[],
): LoopForest {
  const loops: Loop[] = []
  const irreducible: IrreducibleLoop[] = []
  const entered = new Uint8Array(nodeCount)
  const inside = new Int32Array(nodeCount).fill(-1)
  const closedHeader = new Uint8Array(nodeCount)
  const enteredFromOutside = new Uint8Array(nodeCount)
  for (const start of starts) enteredFromOutside[start] = 1

  const regions: Region[] = [
    { nodes: nodesBehindCycles(nodeCount, outgoing, enteredFromOutside), parent: -1, depth: 0 },
  ]
  let regionId = 0
  for (let region = regions.pop(); region !== undefined; region = regions.pop()) {
    const id = regionId++
    for (const node of region.nodes) inside[node] = id
    const components = cyclicComponents(region.nodes, outgoing, inside, id, closedHeader)
    if (components.length === 0) continue
    markEntered(components, region, outgoing, inside, id, closedHeader, entered)
    for (const nodes of components) {
      const entries = nodes.filter(
        (node) => entered[node] === 1 || (region.parent === -1 && enteredFromOutside[node] === 1),
      )
      const [header, second] = entries
      if (header === undefined || second !== undefined) {
        irreducible.push({ nodes, entries })
        continue
      }
      const index = loops.length
      loops.push({ index, header, parent: region.parent, depth: region.depth + 1, nodes })
      closedHeader[header] = 1
      regions.push({ nodes, parent: index, depth: region.depth + 1 })
    }
  }
  return { loops, irreducible }
}

/**
 * The nodes that lie on a cycle or behind one; most graphs have none. The others are taken away from the front, one whose sources
 * are all taken away at a time; a node that loses such a source is entered from outside.
 */
function nodesBehindCycles(
  nodeCount: number,
  outgoing: readonly (readonly number[])[],
  enteredFromOutside: Uint8Array,
): readonly number[] {
  const waitsFor = new Int32Array(nodeCount)
  for (const targets of outgoing) for (const target of targets) waitsFor[target] = (waitsFor[target] ?? 0) + 1
  const free: number[] = []
  for (let node = 0; node < nodeCount; node++) if (waitsFor[node] === 0) free.push(node)
  for (let done = 0; done < free.length; done++) {
    for (const target of outgoing[free[done] ?? 0] ?? []) {
      enteredFromOutside[target] = 1
      waitsFor[target] = (waitsFor[target] ?? 0) - 1
      if (waitsFor[target] === 0) free.push(target)
    }
  }
  const rest: number[] = []
  if (free.length < nodeCount) for (let node = 0; node < nodeCount; node++) if (waitsFor[node] !== 0) rest.push(node)
  return rest
}

/** Marks the nodes of components that an edge from elsewhere in the region reaches. */
function markEntered(
  components: readonly (readonly number[])[],
  region: Region,
  outgoing: readonly (readonly number[])[],
  inside: Int32Array,
  regionId: number,
  closedHeader: Uint8Array,
  entered: Uint8Array,
): void {
  const componentOf = new Map<number, number>()
  for (const [index, nodes] of components.entries()) {
    for (const node of nodes) {
      componentOf.set(node, index)
      entered[node] = 0
    }
  }
  for (const node of region.nodes) {
    const from = componentOf.get(node)
    for (const target of outgoing[node] ?? []) {
      if (inside[target] !== regionId || closedHeader[target] === 1) continue
      const to = componentOf.get(target)
      if (to !== undefined && to !== from) entered[target] = 1
    }
  }
}

/**
 * Tarjan's strongly connected components of a region (R. Tarjan, 1972), those with a cycle only. Edges to a header whose loop was
 * already found are left out: they are back edges of that loop.
 */
function cyclicComponents(
  region: readonly number[],
  outgoing: readonly (readonly number[])[],
  inside: Int32Array,
  regionId: number,
  closedHeader: Uint8Array,
): number[][] {
  const order = new Map<number, number>()
  const low = new Map<number, number>()
  const onStack = new Set<number>()
  const stack: number[] = []
  const components: number[][] = []
  const path: { node: number; next: number }[] = []

  const open = (node: number): void => {
    order.set(node, order.size)
    low.set(node, order.size - 1)
    stack.push(node)
    onStack.add(node)
    path.push({ node, next: 0 })
  }
  const lower = (node: number, value: number): void => {
    if (value < (low.get(node) ?? 0)) low.set(node, value)
  }
  const close = (node: number): void => {
    if (low.get(node) !== order.get(node)) return
    const component: number[] = []
    let member: number | undefined
    do {
      member = stack.pop()
      if (member === undefined) break
      onStack.delete(member)
      component.push(member)
    } while (member !== node)
    const selfLoop = component.length === 1 && closedHeader[node] !== 1 && (outgoing[node] ?? []).includes(node)
    if (component.length > 1 || selfLoop) components.push(component)
  }

  for (const root of region) {
    if (order.has(root)) continue
    open(root)
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const target = (outgoing[frame.node] ?? [])[frame.next++]
      if (target === undefined) {
        path.pop()
        close(frame.node)
        const parent = path.at(-1)
        if (parent !== undefined) lower(parent.node, low.get(frame.node) ?? 0)
      } else if (inside[target] === regionId && closedHeader[target] !== 1) {
        if (!order.has(target)) open(target)
        else if (onStack.has(target)) lower(frame.node, order.get(target) ?? 0)
      }
    }
  }
  return components
}

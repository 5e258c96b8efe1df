/** Where an expansion happens: the expanding node, and the iteration of the loops around it. */
export interface ExpansionSite {
  readonly node: number
  readonly path: readonly number[]
  /** Whether a node in the same iteration is still undecided; an edge may end only at such a node. */
  readonly isUndecided: (node: number) => boolean
}

/** The name of a node's or edge's place in one iteration: what an expansion adds exists there only. */
export function siteKey(node: number, path: readonly number[]): string {
  return `${node}@${path.join('.')}`
}

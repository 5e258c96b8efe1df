/** The visit whose output is kept for its node. */
export interface KeptVisit {
  readonly iteration: readonly number[]
  /** For a fallback: the id of the node in whose place it ran. */
  readonly insteadOf: string | undefined
  readonly value: unknown
}

/**
 * Whether one visit of a node comes before another: by iteration, counted from the outermost loop in; visits of a shared fallback in
 * the same iteration by the node in whose place they ran. The order in which visits finish plays no part.
 */
export function isBefore(visit: Omit<KeptVisit, 'value'>, other: Omit<KeptVisit, 'value'>): boolean {
  const depth = Math.max(visit.iteration.length, other.iteration.length)
  for (let level = 0; level < depth; level++) {
    const difference = (visit.iteration[level] ?? -1) - (other.iteration[level] ?? -1)
    if (difference !== 0) return difference < 0
  }
  return (visit.insteadOf ?? '') < (other.insteadOf ?? '')
}

import type { EdgeDefinition } from '../model/blueprint.ts'

/** What an edge asks of its source's result; `plain` asks nothing. */
export const edgeGuard = { plain: 0, guarded: 1, error: 2 } as const

/** The guard of an edge: one of {@link edgeGuard}. */
export function guardOf(edge: EdgeDefinition): number {
  if (edge.on === 'error') return edgeGuard.error
  return edge.action === undefined && edge.condition === undefined ? edgeGuard.plain : edgeGuard.guarded
}

/** The keys of all edges: `source>target#ordinal`, the ordinal counting parallel edges in blueprint order. */
export function edgeKeys(edges: readonly EdgeDefinition[]): string[] {
  const seen = new Map<string, number>()
  return edges.map(({ source, target }) => {
    const pair = `${source}>${target}`
    const ordinal = seen.get(pair) ?? 0
    seen.set(pair, ordinal + 1)
    return `${pair}#${ordinal}`
  })
}

/** The key of an edge by index, computed for all edges when the first one is asked for. */
export function keysOnDemand(edges: readonly EdgeDefinition[]): (edge: number) => string {
  let keys: string[] | undefined
  return (edge) => {
    keys ??= edgeKeys(edges)
    return keys[edge] as string
  }
}

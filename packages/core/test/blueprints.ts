import type { EdgeDefinition, NodeConfig, NodeDefinition, WorkflowBlueprint } from '../src/model/blueprint.ts'

/** An edge as text: `a>b`, `a>b:action`, `a>b?condition`, `a>b!` for an error edge. */
function parseEdge(text: string): EdgeDefinition {
  const [source = '', rest = ''] = text.split(/>(.*)/su)
  const [, target = '', kind, value = ''] = /^([\w.-]+)([:?!])?(.*)$/su.exec(rest) ?? []
  if (kind === ':') return { source, target, action: value }
  if (kind === '?') return { source, target, condition: value }
  return kind === '!' ? { source, target, on: 'error' } : { source, target }
}

/**
 * A blueprint out of edges in short form; every node uses the handler of its own name. Nodes without edges are listed in `nodes`, which
 * also replaces definitions.
 */
export function graphOf(
  edges: readonly string[],
  options: {
    readonly config?: Readonly<Record<string, NodeConfig>>
    readonly nodes?: readonly NodeDefinition[]
    readonly start?: readonly string[]
  } = {},
): WorkflowBlueprint {
  const parsed = edges.map(parseEdge)
  const ids = new Set([
    ...parsed.flatMap(({ source, target }) => [source, target]),
    ...(options.nodes ?? []).map(({ id }) => id),
  ])
  const nodes = [...ids].map((id) => {
    const given = options.nodes?.find((node) => node.id === id) ?? { id, uses: id }
    const config = options.config?.[id]
    return config === undefined ? given : { ...given, config }
  })
  return { id: 'test', nodes, edges: parsed, ...(options.start === undefined ? {} : { start: options.start }) }
}

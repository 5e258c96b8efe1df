import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { EdgeMark } from '../model/mark.ts'
import type { VisitStatus } from '../model/visit.ts'
import { mermaidLabel } from './mermaid-text.ts'
import { BlueprintFacts } from './rules/blueprint-facts.ts'

/** What of a run is drawn into the diagram, and how it lies. */
export interface MermaidOptions {
  /** @default 'TD' (from the top down) */
  readonly direction?: 'TD' | 'LR'
  /** Status by node id: colours the nodes. */
  readonly statuses?: Readonly<Record<string, VisitStatus>>
  /** Mark by edge key (`source>target#ordinal`): colours the edges. */
  readonly marks?: Readonly<Record<string, EdgeMark>>
}

/** The two halves of a node's outline, by kind; a task is a box. */
const outlines: Readonly<Record<string, readonly [string, string]>> = {
  map: ['[/', '/]'],
  subflow: ['[[', ']]'],
  wait: ['{{', '}}'],
  webhook: ['{{', '}}'],
  sleep: ['(', ')'],
}

const statusStyles: Readonly<Record<VisitStatus, string>> = {
  pending: 'fill:#f5f5f5,stroke:#bdbdbd,color:#616161',
  ready: 'fill:#e3f2fd,stroke:#1e88e5,color:#0d47a1',
  running: 'fill:#bbdefb,stroke:#1565c0,color:#0d47a1,stroke-width:3px',
  waiting: 'fill:#fff8e1,stroke:#ffb300,color:#5d4037',
  completed: 'fill:#e8f5e9,stroke:#43a047,color:#1b5e20',
  failed: 'fill:#ffebee,stroke:#e53935,color:#b71c1c',
  skipped: 'fill:#fafafa,stroke:#bdbdbd,color:#9e9e9e,stroke-dasharray:4 3',
  cancelled: 'fill:#eceff1,stroke:#78909c,color:#455a64,stroke-dasharray:4 3',
}

const markStyles: Readonly<Record<EdgeMark, string>> = {
  taken: 'stroke:#43a047,stroke-width:2px',
  skipped: 'stroke:#bdbdbd,stroke-dasharray:4 3',
  failed: 'stroke:#e53935,stroke-width:2px',
}

/**
 * Draws a blueprint as a Mermaid flowchart (https://mermaid.js.org). Back edges are dotted, a fallback hangs on a dotted line with a
 * circle. Ids and expressions may hold anything: they never leave their quotes. An edge to a node that does not exist is drawn too.
 *
 * @returns text that ends in a line break
 */
export function toMermaid(blueprint: WorkflowBlueprint, options: MermaidOptions = {}): string {
  const facts = new BlueprintFacts(blueprint)
  const names = new Map([...facts.indexById].map(([id, index]) => [id, `n${index}`]))
  const ghosts = ghostIds(facts).map((id, index): [id: string, name: string] => [id, `ghost${index}`])
  for (const [id, name] of ghosts) names.set(id, name)
  const nameOf = (id: string): string => names.get(id) ?? ''

  const lines = [`flowchart ${options.direction ?? 'TD'}`]
  for (const [id, index] of facts.indexById) {
    lines.push(`  ${nameOf(id)}${drawNode(facts.nodes[index] as NodeDefinition)}`)
  }
  for (const [id, name] of ghosts) lines.push(`  ${name}[${mermaidLabel(id, 'not a node')}]`)
  const isBack = backEdges(facts)
  for (const [edge, definition] of facts.edges.entries()) {
    lines.push(`  ${nameOf(definition.source)} ${drawEdge(definition, isBack(edge))} ${nameOf(definition.target)}`)
  }
  for (const { id, config } of facts.nodes) {
    if (config?.fallback === undefined) continue
    lines.push(`  ${nameOf(id)} -.-o|${mermaidLabel('fallback')}| ${nameOf(config.fallback)}`)
  }
  const colours = [...drawStatuses(facts, nameOf, options.statuses ?? {}), ...drawMarks(facts, options.marks ?? {})]
  return `${[...lines, ...colours].join('\n')}\n`
}

/** Ids that edges and fallbacks name and that no node has. */
function ghostIds({ blueprint, indexById }: BlueprintFacts): string[] {
  const ends = blueprint.edges.flatMap(({ source, target }) => [source, target])
  const fallbacks = blueprint.nodes.flatMap(({ config }) => config?.fallback ?? [])
  return [...new Set([...ends, ...fallbacks].filter((id) => !indexById.has(id)))]
}

function drawNode({ id, uses, config }: NodeDefinition): string {
  const [before, after] = (Object.hasOwn(outlines, uses) ? outlines[uses] : undefined) ?? ['[', ']']
  const join = config?.joinStrategy
  const joinLine =
    join === undefined || join === 'all'
      ? []
      : [`join: ${typeof join === 'string' ? join : `at least ${join.atLeast}`}`]
  return `${before}${mermaidLabel(id, ...(uses === id ? [] : [uses]), ...joinLine)}${after}`
}

function drawEdge({ action, condition, on }: EdgeDefinition, isBack: boolean): string {
  const lines = [
    ...(on === 'error' ? ['on error'] : []),
    ...(action === undefined ? [] : [action]),
    ...(condition === undefined ? [] : [`if ${condition}`]),
  ]
  const arrow = isBack ? '-.->' : '-->'
  return lines.length === 0 ? arrow : `${arrow}|${mermaidLabel(...lines)}|`
}

/** Whether an edge leads back to the header of a loop that its source lies in. */
function backEdges({ loops: { loops }, edgeSource, edgeTarget }: BlueprintFacts): (edge: number) => boolean {
  const insideOf = new Map(loops.map(({ header, nodes }) => [header, new Set(nodes)]))
  return (edge) => insideOf.get(edgeTarget[edge] ?? -1)?.has(edgeSource[edge] ?? -1) === true
}

function drawStatuses(
  facts: BlueprintFacts,
  nameOf: (id: string) => string,
  statuses: Readonly<Record<string, VisitStatus>>,
): string[] {
  const byStatus = new Map<string, string[]>()
  for (const id of facts.indexById.keys()) {
    const status = Object.hasOwn(statuses, id) ? statuses[id] : undefined
    if (status === undefined || !Object.hasOwn(statusStyles, status)) continue
    const ids = byStatus.get(status) ?? []
    ids.push(nameOf(id))
    byStatus.set(status, ids)
  }
  return [...byStatus].flatMap(([status, ids]) => [
    `  classDef ${status} ${statusStyles[status as VisitStatus]}`,
    `  class ${ids.join(',')} ${status}`,
  ])
}

/** Edges were drawn first, in blueprint order: their numbers are those of the links. */
function drawMarks(facts: BlueprintFacts, marks: Readonly<Record<string, EdgeMark>>): string[] {
  return facts.edges.flatMap((_, edge) => {
    const key = facts.edgeKey(edge)
    const mark = Object.hasOwn(marks, key) ? marks[key] : undefined
    return mark === undefined || !Object.hasOwn(markStyles, mark) ? [] : [`  linkStyle ${edge} ${markStyles[mark]}`]
  })
}

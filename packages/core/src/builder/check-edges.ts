import type { EdgeDefinition } from '../model/blueprint.ts'
import type { Definition } from './definition.ts'

/**
 * The problems of explicit edges. Handlers are typed by `after`, so an edge may lead only where that stays true: back to the header of
 * a loop, along an `after`, or to a node without `after`, before anything comes after that.
 */
export function edgeProblems(definition: Definition): string[] {
  const { steps, byId } = definition
  const problems: string[] = []
  const used = new Set<string>()
  const ways = new Map<string, Set<string>>()
  for (const step of steps) {
    for (const id of step.after) used.add(id)
    if (step.node !== undefined) continue
    for (const edge of step.edges) {
      const unknown = [edge.source, edge.target].find((id) => !byId.has(id))
      const problem =
        unknown !== undefined
          ? `the edge ${shown(edge)} names ${definition.missing(unknown)}`
          : wayProblem(definition, edge, used, ways)
      if (problem !== undefined) problems.push(problem)
    }
  }
  for (const { source, target } of definition.edges) {
    const fallback = [source, target].find((id) => byId.get(id)?.fallbackOf !== undefined)
    if (fallback === undefined) continue
    problems.push(`"${fallback}" is a fallback and has no edges, but there is ${shown({ source, target })}`)
  }
  return problems
}

function wayProblem(
  definition: Definition,
  edge: EdgeDefinition,
  used: ReadonlySet<string>,
  ways: Map<string, Set<string>>,
): string | undefined {
  const { source, target } = edge
  const step = definition.byId.get(target)
  if (step?.after.includes(source) === true) return undefined
  const isBack = definition.isBackEdge(edge)
  if (!isBack && step !== undefined && step.after.length > 0) {
    return `the edge ${shown(edge)} closes no loop, so the handler of "${target}" does not know of it; name "${source}" in its after`
  }
  if (!isBack && used.has(target)) {
    return `the edge ${shown(edge)} is declared too late: other nodes come after "${target}" already; declare it before them`
  }
  const way = `${isBack ? 'back' : 'forth'} ${target}`
  const sources = ways.get(way) ?? new Set(step?.isLoop === true && isBack ? [target] : [])
  ways.set(way, sources.add(source))
  if (sources.size < 2 || step?.node?.inputs !== undefined) return undefined
  const both = `"${[...sources].join('" and "')}"`
  return isBack
    ? `several nodes lead back to "${target}", ${both}: its input would be a record of them; lead them through one node, or give "${target}" inputs`
    : `several nodes lead to "${target}", ${both}: its input would be a record of them; name them in its after`
}

function shown({ source, target }: EdgeDefinition): string {
  return `"${source}" → "${target}"`
}

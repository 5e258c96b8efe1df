import { checkId } from '../graph/ids.ts'
import type { Definition } from './definition.ts'
import { edgeProblems } from './check-edges.ts'
import type { Step } from './step.ts'

/** The names of the engine's own kinds of node. */
const builtInKinds: ReadonlySet<string> = new Set(['map', 'subflow', 'wait', 'sleep', 'webhook'])

/** What `build()` was told. */
export interface BuildSettings {
  readonly output?: string | undefined
  readonly start?: readonly string[] | undefined
}

/**
 * All problems of a definition that can be told without running it, each a sentence with the ids and, where it is not plain, the mend. What the
 * types forbid is found again, for callers without types. The blueprint as such is validated before a run.
 */
export function definitionProblems(definition: Definition, settings: BuildSettings): string[] {
  const { id, steps, byId } = definition
  const problems: string[] = []
  const idProblem = checkId(id)
  if (idProblem !== undefined) problems.push(`of the workflow, ${idProblem}`)
  if (byId.size === 0) problems.push('it has no nodes: add one with .node(id, handler)')
  const owners = new Map<string, string>()
  const seen = new Set<string>()
  for (const step of steps) {
    if (step.node === undefined) {
      problems.push(...nameProblems(step, owners))
      continue
    }
    const problem = nodeIdProblem(step, seen)
    if (problem !== undefined) problems.push(problem)
    else problems.push(...nameProblems(step, owners))
    problems.push(...referenceProblems(step, definition))
  }
  return [
    ...problems,
    ...fallbackProblems(definition),
    ...compensationProblems(definition),
    ...subflowProblems(definition),
    ...edgeProblems(definition),
    ...settingProblems(definition, settings),
  ]
}

function nodeIdProblem(step: Step, seen: Set<string>): string | undefined {
  const id = step.node?.id as string
  const problem = checkId(id)
  if (problem !== undefined) return problem
  if (seen.has(id)) return `node "${id}" is defined twice`
  seen.add(id)
  const hasOwnFunction = step.functions.some(([name]) => name === id)
  if (hasOwnFunction && builtInKinds.has(id)) return `"${id}" is the name of a built-in kind of node; choose another id`
  return undefined
}

/** Functions of two nodes under the same name, as those of `a` with a `when` and of `a.when`. */
function nameProblems(step: Step, owners: Map<string, string>): string[] {
  const id = step.node?.id ?? step.compensates ?? ''
  return step.functions.flatMap(([name]) => {
    const owner = owners.get(name)
    owners.set(name, id)
    return owner === undefined || owner === id
      ? []
      : [`nodes "${owner}" and "${id}" both have a function named "${name}"; rename one`]
  })
}

function referenceProblems({ node, after }: Step, { byId, missing }: Definition): string[] {
  const id = node?.id as string
  const problems: string[] = []
  for (const [index, source] of after.entries()) {
    if (!byId.has(source)) problems.push(`node "${id}" comes after ${missing(source)}`)
    if (after.indexOf(source) !== index) problems.push(`node "${id}" names "${source}" twice in its after`)
  }
  for (const other of node?.config?.cancels ?? []) {
    if (!byId.has(other)) problems.push(`node "${id}" cancels ${missing(other)}`)
    if (other === id) problems.push(`node "${id}" cancels itself`)
    if (byId.get(other)?.fallbackOf !== undefined) {
      problems.push(`node "${id}" cancels "${other}", which is a fallback; name the node in whose place it runs`)
    }
  }
  return problems
}

function fallbackProblems({ steps, byId, missing }: Definition): string[] {
  const problems: string[] = []
  const covered = new Map<string, string>()
  for (const { node, fallbackOf } of steps) {
    for (const id of fallbackOf ?? []) {
      const fallback = node?.id as string
      const other = covered.get(id)
      covered.set(id, fallback)
      if (!byId.has(id)) problems.push(`"${fallback}" is the fallback of ${missing(id)}`)
      else if (byId.get(id)?.fallbackOf !== undefined) problems.push(`"${id}" is a fallback and cannot have one`)
      else if (other !== undefined) problems.push(`node "${id}" has two fallbacks, "${other}" and "${fallback}"`)
    }
  }
  return problems
}

function compensationProblems({ steps, byId, missing }: Definition): string[] {
  const problems: string[] = []
  const undone = new Set(steps.flatMap(({ node }) => (node?.config?.compensate === undefined ? [] : node.id)))
  for (const { compensates: id } of steps) {
    if (id === undefined) continue
    if (!byId.has(id)) problems.push(`.compensate() names ${missing(id)}`)
    else if (undone.has(id)) problems.push(`node "${id}" is undone in two ways: leave one out`)
    undone.add(id)
  }
  return problems
}

function subflowProblems({ id, steps }: Definition): string[] {
  const problems: string[] = []
  const known = new Map<string, Step>()
  for (const step of steps) {
    const blueprintId = step.subflow?.blueprint.id
    const nodeId = step.node?.id ?? ''
    if (blueprintId === undefined) continue
    const other = known.get(blueprintId)
    known.set(blueprintId, step)
    if (blueprintId === id) problems.push(`node "${nodeId}" runs a workflow with the id of this one, "${id}"`)
    if (other !== undefined && other.subflow !== step.subflow) {
      problems.push(
        `nodes "${other.node?.id ?? ''}" and "${nodeId}" run different workflows with the same id "${blueprintId}"`,
      )
    }
  }
  return problems
}

function settingProblems({ steps, edges, byId, missing }: Definition, { output, start }: BuildSettings): string[] {
  const problems: string[] = []
  if (output !== undefined && !byId.has(output)) problems.push(`the output of the run is that of ${missing(output)}`)
  for (const id of start ?? []) if (!byId.has(id)) problems.push(`a run starts with ${missing(id)}`)
  const leadingOn = new Set(edges.filter(({ source, target }) => source !== target).map(({ source }) => source))
  const nodes = steps.filter((step) => step.node !== undefined && step.fallbackOf === undefined)
  if (output === undefined && nodes.length > 0 && nodes.every((step) => leadingOn.has(step.node?.id as string))) {
    problems.push('every node leads on to another one: say which one has the output of the run, .build({ output })')
  }
  return problems
}

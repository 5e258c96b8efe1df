import { HeddleError } from '../errors/heddle-error.ts'
import type { NodeConfig, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunPolicy } from '../model/policy.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { Workflow } from '../ports/workflow.ts'
import { definitionProblems, type BuildSettings } from './check-definition.ts'
import { defineSteps, type Definition } from './definition.ts'
import type { Step } from './step.ts'

/** What `defineWorkflow` was told, durations in milliseconds. */
export interface WorkflowSettings {
  readonly id: string
  readonly version?: string
  readonly inputSchema?: StandardSchema
  readonly policy: RunPolicy
  readonly metadata?: Readonly<Record<string, unknown>>
}

/**
 * The workflow that the steps describe. Depends on nothing but its arguments.
 *
 * @throws {HeddleError} `INVALID_BLUEPRINT` with all problems, in its message and in `details.problems`
 */
export function assemble(settings: WorkflowSettings, steps: readonly Step[], build: BuildSettings): Workflow {
  const definition = defineSteps(settings.id, steps)
  const problems = definitionProblems(definition, build)
  if (problems.length > 0) {
    throw new HeddleError('INVALID_BLUEPRINT', `workflow "${settings.id}" cannot be built: ${problems.join('; ')}`, {
      details: { workflowId: settings.id, problems },
    })
  }
  const waitSchemas = recordOf(steps, ({ node, waitSchema }) => waitSchema && [node?.id as string, waitSchema])
  const subflows = recordOf(steps, ({ subflow }) => subflow && [subflow.blueprint.id, subflow])
  return {
    blueprint: toBlueprint(settings, definition, build),
    registry: Object.assign(emptyRecord(), Object.fromEntries(steps.flatMap(({ functions }) => functions))),
    ...(settings.inputSchema === undefined ? {} : { inputSchema: settings.inputSchema }),
    ...(waitSchemas === undefined ? {} : { waitSchemas }),
    ...(subflows === undefined ? {} : { subflows }),
  }
}

function toBlueprint(settings: WorkflowSettings, definition: Definition, build: BuildSettings): WorkflowBlueprint {
  const { id, version, metadata } = settings
  const start = build.start ?? impliedStart(definition)
  const policy = { ...settings.policy, ...(build.output === undefined ? {} : { output: build.output }) }
  return {
    id,
    ...(version === undefined ? {} : { version }),
    ...(start === undefined ? {} : { start: [...start] }),
    nodes: nodesOf(definition),
    edges: definition.edges,
    ...(Object.keys(policy).length === 0 ? {} : { policy }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

/** The nodes, with what other steps say of them: their fallback, how they are undone. */
function nodesOf({ steps }: Definition): NodeDefinition[] {
  const later = new Map<string, NodeConfig>()
  const note = (id: string, config: NodeConfig): unknown => later.set(id, { ...later.get(id), ...config })
  for (const { node, fallbackOf, compensates } of steps) {
    for (const id of fallbackOf ?? []) note(id, { fallback: node?.id as string })
    if (compensates !== undefined) note(compensates, { compensate: `${compensates}.compensate` })
  }
  return steps.flatMap(({ node }) => {
    if (node === undefined) return []
    const config = later.get(node.id)
    return [config === undefined ? node : { ...node, config: { ...node.config, ...config } }]
  })
}

/**
 * A node without `after` starts a run, also where edges lead back to it. By default the engine takes nodes without incoming edges, so
 * such a node has to be named.
 */
function impliedStart({ steps, edges, isBackEdge }: Definition): string[] | undefined {
  const roots = new Set<string>()
  for (const { node, after, fallbackOf } of steps) {
    if (node !== undefined && after.length === 0 && fallbackOf === undefined) roots.add(node.id)
  }
  const leadingToRoots = edges.filter(({ target }) => roots.has(target))
  if (leadingToRoots.length === 0) return undefined
  for (const edge of leadingToRoots) if (!isBackEdge(edge)) roots.delete(edge.target)
  return leadingToRoots.some(({ target }) => roots.has(target)) ? [...roots] : undefined
}

function recordOf<T>(
  steps: readonly Step[],
  entryOf: (step: Step) => readonly [key: string, value: T] | undefined,
): Readonly<Record<string, T>> | undefined {
  const entries = steps.flatMap((step) => {
    const entry = entryOf(step)
    return entry === undefined ? [] : [entry]
  })
  return entries.length === 0 ? undefined : Object.assign(emptyRecord<T>(), Object.fromEntries(entries))
}

function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>
}

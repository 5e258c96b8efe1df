import { HeddleError } from '../errors/heddle-error.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { isRecord } from '../model/value-kinds.ts'
import type { Workflow } from '../ports/workflow.ts'
import { blueprintOf, isWorkflow, type Runnable } from './runnable.ts'

/** What every runtime and every worker is given, as plain JavaScript may give it. */
interface GivenOptions {
  readonly registry?: unknown
  readonly middleware?: unknown
}

/** Refuses options of a runtime or worker of which nothing can be made. @throws HeddleError `INVALID_OPTION` */
export function checkOptions(options: GivenOptions): void {
  if (!isRecord(options)) throw invalid('options', 'an object', options)
  const { registry, middleware } = options
  const isRegistry = registry === undefined || isRecord(registry)
  if (!isRegistry) throw invalid('registry', 'an object of functions by name', registry)
  if (middleware === undefined) return
  const isList = Array.isArray(middleware) && middleware.every((one) => typeof one === 'function')
  if (!isList) throw invalid('middleware', 'a list of functions', middleware)
}

/** Refuses what is no record of workflows by id: a worker takes a list too. @throws HeddleError `INVALID_OPTION` */
export function checkBlueprintsById(blueprints: unknown): void {
  if (blueprints === undefined || isRecord(blueprints)) return
  throw invalid('blueprints', 'an object of blueprints and workflows by id, as { [child.id]: child }', blueprints)
}

/** Blueprints and workflows of a worker, under the names by which subflow nodes find them. */
export interface NamedRunnables {
  readonly blueprints: readonly (readonly [id: string, blueprint: WorkflowBlueprint])[]
  readonly workflows: readonly (readonly [id: string, workflow: Workflow])[]
}

/**
 * The blueprints and workflows of a worker, which takes lists, and a record by id as a runtime does.
 *
 * @throws HeddleError `INVALID_OPTION` if it is given something else, or nothing
 */
export function namedRunnables({ workflows = [], blueprints = [] }: GivenRunnables): NamedRunnables {
  if (!Array.isArray(workflows)) throw invalid('workflows', 'a list of workflows', workflows)
  if (!isRecord(blueprints) && !Array.isArray(blueprints)) {
    throw invalid('blueprints', 'a list of blueprints, or an object of them by id', blueprints)
  }
  const listed = (one: Runnable): [string, Runnable] => [idOf(one), one]
  const given = Array.isArray(blueprints)
    ? blueprints.map((one) => listed(one as Runnable))
    : Object.entries(blueprints)
  const named = [...given, ...workflows.map((one) => listed(one as Runnable))] as [string, Runnable][]
  if (named.length === 0) {
    throw new HeddleError('INVALID_OPTION', 'there is nothing to carry out: give "workflows" or "blueprints"', {
      details: { option: 'workflows' },
    })
  }
  return {
    blueprints: named.flatMap(([id, one]) => (isWorkflow(one) ? [] : [[id, one] as const])),
    workflows: named.flatMap(([id, one]) => (isWorkflow(one) ? [[id, one] as const] : [])),
  }
}

/** The options of a worker that say what it carries out. */
interface GivenRunnables {
  readonly workflows?: unknown
  readonly blueprints?: unknown
}

/** What has no id is refused when it is validated. */
function idOf(one: Runnable): string {
  const blueprint: WorkflowBlueprint | null | undefined =
    one === null || one === undefined ? undefined : blueprintOf(one)
  return String(blueprint?.id)
}

function invalid(option: string, what: string, given: unknown): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} must be ${what}, and is ${describeKind(given)}`, {
    details: { option },
  })
}

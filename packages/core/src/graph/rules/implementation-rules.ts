import type { NodeDefinition } from '../../model/blueprint.ts'
import { describeKind } from '../../model/describe-kind.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'

/** Names, as a set or as the keys of a record. */
export type NameSet = ReadonlySet<string> | Readonly<Record<string, unknown>>

/** What a kind of node that the engine brings along wants in its `params`. */
interface BuiltInKind {
  /** Params that name a function of the registry. */
  readonly handlers: readonly string[]
  /** Params that are a name of something else. */
  readonly names?: readonly string[]
  /** Params of which one must be there. */
  readonly oneOf?: readonly string[]
  /** What bounds its waiting, for who looks for that in `config.timeoutMs`. */
  readonly boundBy?: string
}

const builtInKinds: ReadonlyMap<string, BuiltInKind> = new Map<string, BuiltInKind>([
  ['map', { handlers: ['each', 'over'], oneOf: ['each'] }],
  ['sleep', { handlers: ['until'], oneOf: ['durationMs', 'until'], boundBy: 'params.durationMs' }],
  [
    'subflow',
    {
      handlers: ['input', 'output', 'again'],
      names: ['blueprintId'],
      oneOf: ['blueprintId'],
      boundBy: 'policy.deadlineMs of the child blueprint',
    },
  ],
  ['wait', { handlers: [], names: ['name'], boundBy: 'params.timeoutMs of the wait' }],
  [
    'webhook',
    { handlers: ['announce'], names: ['name'], oneOf: ['announce'], boundBy: 'params.timeoutMs of the webhook' },
  ],
])

/** Param that names the function which decides whether a node runs. */
const whenParam = '$when'

/** Names of implementations and of other blueprints: `uses`, `compensate`, and what `params` of the built-in kinds say. */
export function checkImplementations(
  facts: BlueprintFacts,
  { registry, blueprints }: { readonly registry?: NameSet; readonly blueprints?: NameSet },
): void {
  for (const node of facts.nodes) {
    const kind = builtInKinds.get(node.uses)
    if (kind !== undefined) {
      checkParams(facts, node, kind)
      checkTimeout(facts, node, kind)
    }
    if (registry !== undefined) {
      for (const [field, name] of handlerNames(node, kind)) checkHandler(facts, node, field, name, registry)
    }
    if (blueprints !== undefined && node.uses === 'subflow') checkSubflow(facts, node, blueprints)
  }
}

function checkParams(
  facts: BlueprintFacts,
  { id, uses, params }: NodeDefinition,
  { handlers, names = [], oneOf = [] }: BuiltInKind,
): void {
  if (oneOf.length > 0 && oneOf.every((name) => params?.[name] === undefined)) {
    const wanted = oneOf.map((name) => `params.${name}`).join(' or ')
    facts.report('MISSING_PARAM', `Node "${id}" is of kind "${uses}" and needs ${wanted}.`, { nodeId: id })
  }
  for (const name of [...names, ...handlers]) {
    const value = params?.[name]
    if (value === undefined || typeof value === 'string') continue
    facts.report('INVALID_SHAPE', `Node "${id}": params.${name} must be text: a name.`, { nodeId: id })
  }
}

/** A timeout bounds the functions of a node; what a node waits for is not bounded by it. */
function checkTimeout(facts: BlueprintFacts, node: NodeDefinition, { handlers, boundBy }: BuiltInKind): void {
  const { id, uses, params, config } = node
  if (config?.timeoutMs === undefined || boundBy === undefined) return
  if ([...handlers, whenParam].some((name) => params?.[name] !== undefined)) return
  const message =
    `Node "${id}" has config.timeoutMs, but is of kind "${uses}" and has no function that it could bound: it has no effect. ` +
    `Use ${boundBy} to bound what it waits for.`
  facts.report('UNUSED_SETTING', message, { nodeId: id, severity: 'warning' })
}

/** The fields of a node that name a function of the registry, with the name. */
function handlerNames(
  { uses, params, config }: NodeDefinition,
  kind: BuiltInKind | undefined,
): [field: string, name: string][] {
  const names: [string, string][] = kind === undefined ? [['uses', uses]] : []
  for (const field of kind?.handlers ?? []) {
    const name = params?.[field]
    if (typeof name === 'string') names.push([`params.${field}`, name])
  }
  if (config?.compensate !== undefined) names.push(['config.compensate', config.compensate])
  return names
}

function checkHandler(
  facts: BlueprintFacts,
  { id }: NodeDefinition,
  field: string,
  name: string,
  registry: NameSet,
): void {
  if (hasName(registry, name)) {
    if (!isSet(registry)) checkFunction(facts, id, field, name, registry[name])
    return
  }
  const known = field === 'uses' ? [...namesOf(registry), ...builtInKinds.keys()] : namesOf(registry)
  const mend = facts.suggest(name, known, 'Add it to the registry.')
  facts.report('UNKNOWN_HANDLER', `Node "${id}": no implementation is registered under ${field} "${name}".${mend}`, {
    nodeId: id,
  })
}

/** What stands in a registry is a function: nothing else can be called. */
function checkFunction(facts: BlueprintFacts, id: string, field: string, name: string, entry: unknown): void {
  if (typeof entry === 'function') return
  const hasDefault = typeof entry === 'object' && entry !== null && 'default' in entry
  const mend = hasDefault
    ? `Register its function, as it is with a module: { ${JSON.stringify(name)}: module.default }.`
    : entry === undefined
      ? 'Look at the import that it comes from, and register a function.'
      : 'Register a function.'
  const what = `what is registered under ${field} "${name}" is ${describeKind(entry)}, not a function`
  facts.report('INVALID_HANDLER', `Node "${id}": ${what}. ${mend}`, { nodeId: id })
}

function checkSubflow(facts: BlueprintFacts, { id, params }: NodeDefinition, blueprints: NameSet): void {
  const blueprintId = params?.['blueprintId']
  if (typeof blueprintId !== 'string' || hasName(blueprints, blueprintId)) return
  const mend = facts.suggest(blueprintId, namesOf(blueprints), 'Hand it to the runtime as one of its blueprints.')
  facts.report('UNKNOWN_BLUEPRINT', `Subflow "${id}" runs the blueprint "${blueprintId}", which is not known.${mend}`, {
    nodeId: id,
  })
}

/** Whether a name is one of these. */
export function hasName(names: NameSet, name: string): boolean {
  return isSet(names) ? names.has(name) : Object.hasOwn(names, name)
}

function namesOf(names: NameSet): Iterable<string> {
  return isSet(names) ? names : Object.keys(names)
}

function isSet(names: NameSet): names is ReadonlySet<string> {
  return names instanceof Set
}
